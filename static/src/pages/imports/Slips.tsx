/** First passwords of the accounts that an import made: a sheet to print, a group at a time. */
import { useState } from "preact/hooks";
import { Printer } from "lucide-preact";
import { explain } from "../../api/explain";
import { sheet } from "../../api/client";
import { LANGUAGE_NAMES, LANGUAGES, language, t } from "../../i18n";
import { Button } from "../../ui/Button";
import { Select } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { Card } from "../../ui/Shell";
import type { Import } from "./shapes";

export function Slips({ one, path, onGiven }: { one: Import; path: string; onGiven: () => void }) {
  const [group, setGroup] = useState("");
  const [tongue, setTongue] = useState<string>(language.value);
  const doing = useDoing();
  const print = (): void => {
    // opened by the click itself: browsers refuse a window that comes later
    const page = window.open("", "_blank");
    void doing.run(async () => {
      try {
        const text = await sheet(`${path}/slips`, { group, language: tongue });
        const made = new DOMParser().parseFromString(text, "text/html").documentElement;
        page?.document.replaceChild(page.document.adoptNode(made), page.document.documentElement);
      } catch (error) {
        page?.close();
        throw error;
      }
      onGiven();
    });
  };
  return (
    <Card title={t("imports.slips")} testid="import-slips">
      <p class="muted">{t("imports.slips_words", { count: one.slips.count })}</p>
      <div class="import-choice">
        <Select
          label={t("journal.group")}
          none={t("imports.slips_all")}
          value={group}
          options={one.slips.groups.map(({ id, name, count }) => ({
            value: id,
            label: `${name} (${count})`,
          }))}
          onValue={setGroup}
          data-testid="import-slips-group"
        />
        <Select
          label={t("structure.language")}
          value={tongue}
          options={LANGUAGES.map(value => ({ value, label: LANGUAGE_NAMES[value] }))}
          onValue={setTongue}
        />
      </div>
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      <div class="row">
        <Button
          look="primary"
          icon={Printer}
          busy={doing.busy}
          onClick={print}
          data-testid="import-slips-print"
        >
          {t("imports.slips_print")}
        </Button>
      </div>
    </Card>
  );
}
