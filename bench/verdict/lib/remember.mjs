// Signals that remember what they said: they are pure, so equal data beside an equal profile gives the result again.
import { SIGNALS } from '../../../dist/esm/index.js';

const ids = new WeakMap();
let last = 0;
/** A number per object: equal numbers, the same object. */
function idOf(object) {
  if (Object(object) !== object) return String(object);
  if (!ids.has(object)) ids.set(object, ++last);
  return ids.get(object);
}

const perProfile = new WeakMap();

/** The shipped signals, for one profile object only. */
export function rememberingSignals(profile) {
  const known = perProfile.get(profile) ?? SIGNALS.map(remembering);
  perProfile.set(profile, known);
  return known;
}

function remembering(signal) {
  const results = new Map();
  return {
    ...signal,
    score: (input) => {
      const key = Object.entries(input.candidate)
        .map(([probe, data]) => `${probe} ${idOf(data)}`)
        .join();
      if (!results.has(key)) results.set(key, signal.score(input));
      return results.get(key);
    },
  };
}
