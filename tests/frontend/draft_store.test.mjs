import assert from "node:assert/strict";
import { test } from "node:test";
import { draftStore, forgetBooked } from "../../conferencing/booking/assets/parts/draft_store.js";

const NEW = "/conferences/new";
const DAY_MS = 24 * 3600 * 1000;

class Storage {
  #kept = new Map();
  get length() {
    return this.#kept.size;
  }
  key(index) {
    return [...this.#kept.keys()][index];
  }
  getItem(key) {
    return this.#kept.get(key) ?? null;
  }
  setItem(key, text) {
    this.#kept.set(key, text);
  }
  removeItem(key) {
    this.#kept.delete(key);
  }
}

function titles(store) {
  return store.all().map((draft) => draft.fields[0][1]);
}

test("a draft is its person's alone", () => {
  const browser = new Storage();
  draftStore(browser, new Storage(), "1", NEW).save([["title", "Họp"]]);
  assert.deepEqual(titles(draftStore(browser, new Storage(), "1", NEW)), ["Họp"]);
  assert.deepEqual(titles(draftStore(browser, new Storage(), "2", NEW)), []);
  assert.deepEqual(titles(draftStore(browser, new Storage(), "12", NEW)), []);
  assert.deepEqual(titles(draftStore(browser, new Storage(), "1", "/conferences/A/edit")), []);
});

test("two tabs write two drafts, one tab one", () => {
  const browser = new Storage();
  let time = 1;
  const first = draftStore(browser, new Storage(), "1", NEW, () => time++);
  const second = draftStore(browser, new Storage(), "1", NEW, () => time++);
  first.save([["title", "A"]]);
  second.save([["title", "B"]]);
  first.save([["title", "A2"]]);
  assert.deepEqual(titles(first), ["A2", "B"]);
  assert.equal(second.own().fields[0][1], "B");
});

test("an old draft goes, whoever it belonged to", () => {
  const browser = new Storage();
  draftStore(browser, new Storage(), "1", NEW, () => 0).save([["title", "A"]]);
  assert.equal(draftStore(browser, new Storage(), "1", NEW, () => 13 * DAY_MS).all().length, 1);
  draftStore(browser, new Storage(), "2", NEW, () => 15 * DAY_MS).all();
  assert.equal(browser.length, 0);
});

test("what was booked is forgotten, what was only sent is not", () => {
  const [browser, tab] = [new Storage(), new Storage()];
  const store = draftStore(browser, tab, "1", NEW);
  store.save([["title", "A"]]);
  store.sent();
  forgetBooked(browser, tab, "/timeline");
  assert.equal(store.all().length, 1);
  forgetBooked(browser, tab, NEW);
  assert.equal(store.all().length, 0);
  assert.equal(store.own(), undefined);
});

test("what was refused is kept", () => {
  const [browser, tab] = [new Storage(), new Storage()];
  const store = draftStore(browser, tab, "1", NEW);
  store.save([["title", "A"]]);
  store.sent();
  store.refused();
  forgetBooked(browser, tab, NEW);
  assert.deepEqual(titles(store), ["A"]);
});

test("a browser without storage does no harm", () => {
  const none = new Proxy({}, { get: () => assert.fail("switched off") });
  const store = draftStore(none, none, "1", NEW);
  assert.deepEqual(store.all(), []);
  assert.equal(store.own(), undefined);
  assert.equal(store.save([]), null);
  store.take(null);
  store.sent();
  store.refused();
  forgetBooked(none, none, NEW);
});
