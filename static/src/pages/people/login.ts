/** A login proposed from a name: Cyrillic, Kyrgyz letters too, to Latin. "Асанова Нурай" to "asanova.n". */
const LATIN: Record<string, string> = {
  а: "a",
  б: "b",
  в: "v",
  г: "g",
  д: "d",
  е: "e",
  ё: "e",
  ж: "j",
  з: "z",
  и: "i",
  й: "i",
  к: "k",
  л: "l",
  м: "m",
  н: "n",
  ң: "n",
  о: "o",
  ө: "o",
  п: "p",
  р: "r",
  с: "s",
  т: "t",
  у: "u",
  ү: "u",
  ф: "f",
  х: "h",
  ц: "ts",
  ч: "ch",
  ш: "sh",
  щ: "sh",
  ъ: "",
  ы: "y",
  ь: "",
  э: "e",
  ю: "iu",
  я: "ia",
};

export function latin(text: string): string {
  return [...text.toLowerCase()]
    .map(letter => LATIN[letter] ?? letter)
    .join("")
    .replace(/[^a-z0-9]/g, "");
}

export function suggestLogin(name: string): string {
  const [family = "", given = ""] = name.trim().split(/\s+/).map(latin);
  return (given ? `${family}.${given.slice(0, 1)}` : family).slice(0, 64);
}
