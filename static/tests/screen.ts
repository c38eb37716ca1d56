/**
 * `screen` of the testing library, for a document that is another one with each file: the library's own
 * keeps the body that it first saw.
 */
import { within } from "@testing-library/preact";

type Queries = ReturnType<typeof within>;

export const screen = new Proxy({} as Queries, {
  get: (_, name) => within(document.body)[name as keyof Queries],
});
