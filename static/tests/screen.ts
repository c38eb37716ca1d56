/**
 * What is in the document of this test: the testing library's own `screen` keeps the body that it saw first,
 * and each file has another one.
 */
import { within } from "@testing-library/preact";

export const screen = (): ReturnType<typeof within> => within(document.body);
