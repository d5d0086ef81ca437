import assert from "node:assert/strict";
import { test } from "node:test";
import { fold } from "../../conferencing/booking/assets/parts/fold.js";

test("tones, hats and case do not matter to a search", () => {
  assert.equal(fold("  Thị xã HƯƠNG THỦY "), "thi xa huong thuy");
});

test("đ is found by d", () => {
  assert.equal(fold("Phong Điền"), "phong dien");
});

test("composed and decomposed letters are the same word", () => {
  assert.equal(fold("Huế".normalize("NFD")), fold("Huế".normalize("NFC")));
});
