/**
 * `screen` of the testing library, for a document that is another one with each file: the library's own
 * keeps the body that it first saw.
 */
import { within, type Screen } from "@testing-library/preact";

export const screen = new Proxy({} as Screen, {
  get: (_, name): unknown => Reflect.get(within(document.body), name),
});
