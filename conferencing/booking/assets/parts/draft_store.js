// Drafts in the browser's storage: each belongs to a person and to the tab that writes it. No DOM here.
const PREFIX = "hub.booking.draft:";
const TAB = "hub.booking.tab:";
const SENT = "hub.booking.sent";
const KEPT_MS = 14 * 24 * 3600 * 1000;

// `lasting` outlives the tab (localStorage), `passing` is this tab's (sessionStorage). Whatever
// fails there (full, switched off, a private window) fails quietly: the form still holds all.
export function draftStore(lasting, passing, person, action, now = Date.now) {
  const mine = `${PREFIX}${person}:${action}:`;
  const tab = `${TAB}${person}:${action}`;

  function dropOld() {
    for (const key of keysOf(lasting, PREFIX)) {
      const at = parsed(lasting.getItem(key))?.at;
      if (!(now() - at < KEPT_MS)) lasting.removeItem(key);
    }
  }

  const store = {
    // The drafts of this person for this form, newest first.
    all() {
      return quietly([], () => {
        dropOld();
        return keysOf(lasting, mine)
          .map((key) => ({ ...parsed(lasting.getItem(key)), key }))
          .sort((one, other) => other.at - one.at);
      });
    },
    // The one this tab writes, if it has written.
    own() {
      return quietly(undefined, () => store.all().find((draft) => draft.key === own(passing, tab)));
    },
    save(fields) {
      return quietly(null, () => {
        const draft = { at: now(), fields };
        const key = own(passing, tab) ?? `${mine}${now().toString(36)}${randomText()}`;
        passing.setItem(tab, key);
        lasting.setItem(key, JSON.stringify(draft));
        return draft;
      });
    },
    // This tab goes on with a draft, or begins a new one.
    take(draft) {
      quietly(null, () => (draft ? passing.setItem(tab, draft.key) : passing.removeItem(tab)));
    },
    drop(draft) {
      quietly(null, () => lasting.removeItem(draft.key));
    },
    // The last step was sent; whether it was booked, the next page tells.
    sent() {
      const key = quietly(null, () => own(passing, tab));
      if (key) quietly(null, () => passing.setItem(SENT, JSON.stringify({ key, tab, action })));
    },
    // It was refused: the form is there again.
    refused() {
      quietly(null, () => passing.removeItem(SENT));
    },
  };
  return store;
}

// The conference's page, come from the form's last step: what was sent is booked.
export function forgetBooked(lasting, passing, cameFrom) {
  quietly(null, () => {
    const sent = parsed(passing.getItem(SENT));
    if (sent?.action !== cameFrom) return;
    lasting.removeItem(sent.key);
    passing.removeItem(sent.tab);
    passing.removeItem(SENT);
  });
}

function own(passing, tab) {
  return passing.getItem(tab) ?? undefined;
}

function keysOf(storage, prefix) {
  const keys = Array.from({ length: storage.length }, (_none, index) => storage.key(index));
  return keys.filter((key) => key.startsWith(prefix));
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function randomText() {
  return Math.random().toString(36).slice(2, 8);
}

function quietly(otherwise, act) {
  try {
    return act();
  } catch {
    return otherwise;
  }
}
