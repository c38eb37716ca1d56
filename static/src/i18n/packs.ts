/**
 * Which words are loaded together: packs of the rooms under words/. `base` comes with every page, the
 * others with the pages that name them in app.tsx, so that a class does not carry the words of the office.
 */
export const PACKS = {
  base: ["base", "notices"],
  class: ["class", "order", "talk", "slides", "recording"],
  exam: ["exam"],
  office: ["admin", "attendance", "office", "retention", "trace"],
  watch: ["examplan", "review", "wall"],
} as const;

export type Pack = keyof typeof PACKS;
