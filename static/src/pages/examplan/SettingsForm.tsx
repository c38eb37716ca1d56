/** The settings of an exam: time, what the student works on, the rules, aids; and the sheet's upload. */
import { FileUp } from "lucide-preact";
import { useState } from "preact/hooks";
import { explain } from "../../api/explain";
import { useResource } from "../../api/resource";
import { sheetPage } from "../../exam/api";
import type { ExamView } from "../../exam/types";
import { t } from "../../i18n";
import { Check, Choice, Field, Select, TextArea } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { Card } from "../../ui/Shell";
import { listRules, sendSheet, type Settings } from "./api";
import { linesOf } from "./plan";
import { Amount } from "./RulesEditor";

/** As the server takes it, bytes. */
const LARGEST = 20 * 1024 * 1024;

interface Props {
  exam: ExamView;
  settings: Settings;
  edit: boolean;
  onValue: (settings: Settings) => void;
  onPages: (pages: number) => void;
}

export function SettingsForm({ exam, settings, edit, onValue, onPages }: Props) {
  const rules = useResource(signal => listRules(signal), []);
  const [aids, setAids] = useState(settings.aids.join("\n"));
  const change = (part: Partial<Settings>): void => onValue({ ...settings, ...part });
  const approved = (rules.data?.rules ?? []).filter(
    one => one.state === "approved" || one.id === settings.rules,
  );
  return (
    <fieldset class="stack" disabled={!edit}>
      <Card title={t("examplan.time")}>
        <div class="plan-grid">
          <Amount
            label={t("examplan.minutes")}
            value={settings.minutes}
            most={600}
            onValue={minutes => change({ minutes })}
            testid="examplan-minutes"
          />
          <Amount
            label={t("examplan.entry")}
            value={settings.entry}
            most={240}
            onValue={entry => change({ entry })}
            testid="examplan-entry"
          />
        </div>
      </Card>
      <Card title={t("examplan.rules")}>
        <Select
          label={t("examplan.rules_pick")}
          none={t("picker.choose")}
          value={settings.rules}
          options={approved.map(one => ({
            value: one.id,
            label: `${one.title}, ${t("rules.version", { n: one.version })}`,
          }))}
          onValue={id => change({ rules: id })}
          data-testid="examplan-rules"
        />
        {settings.rules && (
          <p>
            <a href={`/exam-rules/${settings.rules}`}>{t("examplan.rules_read")}</a>
          </p>
        )}
        <Check
          label={t("examplan.identity")}
          checked={settings.identity}
          onValue={identity => change({ identity })}
          data-testid="examplan-identity"
        />
      </Card>
      <Card title={t("examplan.content")}>
        <Choice
          bare
          label={t("examplan.content")}
          value={settings.content}
          options={[
            { value: "sheet", label: t("examplan.content_sheet") },
            { value: "page", label: t("examplan.content_page") },
          ]}
          onValue={content => change({ content: content as Settings["content"] })}
          testid="examplan-content"
        />
        {settings.content === "page" ? (
          <>
            <Field
              label={t("examplan.address")}
              hint={t("examplan.address_words")}
              type="url"
              inputMode="url"
              value={settings.address}
              onValue={address => change({ address: address.trim() })}
              maxLength={500}
              data-testid="examplan-address"
            />
            <Check
              label={t("examplan.own_tab")}
              checked={settings.own_tab}
              onValue={own_tab => change({ own_tab })}
              data-testid="examplan-own-tab"
            />
          </>
        ) : (
          <Sheet exam={exam} onPages={onPages} />
        )}
        <TextArea
          label={t("rules.aids")}
          hint={t("examplan.one_a_line")}
          value={aids}
          onValue={text => {
            setAids(text);
            change({ aids: linesOf(text) });
          }}
          data-testid="examplan-aids"
        />
      </Card>
    </fieldset>
  );
}

function Sheet({ exam, onPages }: { exam: ExamView; onPages: (pages: number) => void }) {
  const [share, setShare] = useState<number>();
  const [wrong, setWrong] = useState("");
  const [round, setRound] = useState(0);
  const doing = useDoing();
  const send = (file: File): void => {
    setWrong("");
    if (file.type !== "application/pdf" && !file.name.toLowerCase().endsWith(".pdf")) {
      setWrong(t("examplan.sheet_pdf"));
      return;
    }
    if (file.size > LARGEST) {
      setWrong(t("examplan.sheet_large"));
      return;
    }
    void doing.run(async () => {
      setShare(0);
      try {
        onPages((await sendSheet(exam.id, file, setShare)).pages);
        setRound(value => value + 1);
      } finally {
        setShare(undefined);
      }
    });
  };
  return (
    <div class="stack-tight">
      <label class="field">
        <span class="field-label">
          <FileUp size={18} aria-hidden /> {t("examplan.sheet")}
        </span>
        <input
          type="file"
          class="input"
          accept=".pdf,application/pdf"
          disabled={doing.busy}
          onChange={event => {
            const file = event.currentTarget.files?.[0];
            event.currentTarget.value = "";
            if (file) send(file);
          }}
          data-testid="examplan-sheet"
        />
        <span class="field-hint">{t("examplan.sheet_words")}</span>
      </label>
      {share !== undefined && (
        <p class="row" role="status">
          <progress value={share} max={1} data-testid="examplan-progress" />
          {share < 1 ? t("examplan.sending", { n: Math.round(share * 100) }) : t("examplan.reading")}
        </p>
      )}
      {wrong && <Note tone="danger">{wrong}</Note>}
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      {exam.pages > 0 && (
        <>
          <p data-testid="examplan-pages" data-count={exam.pages}>
            {t("examplan.pages", { count: exam.pages })}
          </p>
          <ul role="list" class="plan-pages">
            {Array.from({ length: exam.pages }, (_, index) => (
              <li key={index}>
                <img
                  loading="lazy"
                  src={`${sheetPage(exam.id, index + 1, 320)}&r=${round}`}
                  alt={t("examplan.page", { n: index + 1 })}
                />
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
