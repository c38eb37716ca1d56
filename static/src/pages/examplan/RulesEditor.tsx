/** A draft of exam rules: every kind with its thresholds, sound, breaks, aids, days. Saved as a whole. */
import { Save } from "lucide-preact";
import { useState } from "preact/hooks";
import { explain } from "../../api/explain";
import type { KindRule } from "../../exam/types";
import { t } from "../../i18n";
import { Button } from "../../ui/Button";
import { Check, Field, TextArea } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { Card } from "../../ui/Shell";
import { toast } from "../../ui/Toast";
import { kindWord } from "../wall/words";
import { saveRules, type Rules } from "./api";
import { linesOf } from "./plan";
import { bodyOf, number, typed } from "./rules";

interface Props {
  rules: Rules;
  onSaved: (rules: Rules) => void;
}

export function RulesEditor({ rules, onSaved }: Props) {
  const [draft, setDraft] = useState(rules);
  const [aids, setAids] = useState(rules.aids.join("\n"));
  const doing = useDoing();
  const change = (part: Partial<Rules>): void => setDraft({ ...draft, ...part });
  const changeKind = (kind: string, part: Partial<KindRule>): void =>
    change({ kinds: draft.kinds.map(one => (one.kind === kind ? { ...one, ...part } : one)) });
  const save = (): void =>
    void doing.run(async () => {
      const saved = await saveRules(rules.id, bodyOf({ ...draft, aids: linesOf(aids) }));
      toast(t("done.saved"));
      onSaved(saved);
    });
  return (
    <form
      class="stack"
      data-testid="rules-editor"
      onSubmit={event => {
        event.preventDefault();
        save();
      }}
    >
      <Card>
        <Field
          label={t("rules.title")}
          value={draft.title}
          onValue={title => change({ title })}
          maxLength={200}
          required
          data-testid="rules-title"
        />
        <p class="muted">{t("rules.draft_words")}</p>
      </Card>
      <Card title={t("rules.watched")}>
        <ul role="list" class="rules-kinds">
          {draft.kinds.map(one => (
            <li key={one.kind} data-testid="rules-kind" data-kind={one.kind}>
              <Check
                label={kindWord(one.kind)}
                checked={one.on}
                onValue={on => changeKind(one.kind, { on })}
                data-testid="rules-on"
              />
              <span class="muted small">{t(`rules.stream.${one.stream}`)}</span>
              {one.of > 0 ? (
                <>
                  <Amount
                    label={t("rules.looks_of")}
                    value={one.looks}
                    most={20}
                    onValue={looks => changeKind(one.kind, { looks })}
                    testid="rules-edit-looks"
                  />
                  <Amount
                    label={t("rules.of")}
                    value={one.of}
                    most={20}
                    onValue={of => changeKind(one.kind, { of })}
                    testid="rules-edit-of"
                  />
                </>
              ) : (
                <Amount
                  label={t("rules.raise_seconds")}
                  value={one.raise_after}
                  most={600}
                  onValue={raise_after => changeKind(one.kind, { raise_after })}
                  testid="rules-edit-raise"
                />
              )}
              <Amount
                label={t("rules.clear_seconds")}
                value={one.clear_after}
                most={600}
                onValue={clear_after => changeKind(one.kind, { clear_after })}
                testid="rules-edit-clear"
              />
            </li>
          ))}
        </ul>
      </Card>
      <Card title={t("rules.order")}>
        <Check
          label={t("rules.sound")}
          checked={draft.sound}
          onValue={sound => change({ sound })}
          data-testid="rules-edit-sound"
        />
        <Check
          label={t("rules.room")}
          checked={draft.room_pan}
          onValue={room_pan => change({ room_pan })}
          data-testid="rules-edit-room"
        />
        <div class="plan-grid">
          <Amount
            label={t("rules.breaks")}
            value={draft.breaks}
            most={10}
            onValue={breaks => change({ breaks })}
            testid="rules-edit-breaks"
          />
          <Amount
            label={t("rules.break_minutes")}
            value={draft.break_minutes}
            most={60}
            onValue={break_minutes => change({ break_minutes })}
            testid="rules-edit-break-minutes"
          />
          <Amount
            label={t("rules.away_minutes")}
            value={draft.away_minutes}
            most={240}
            onValue={away_minutes => change({ away_minutes })}
            testid="rules-edit-away"
          />
          <Amount
            label={t("rules.keep_days")}
            value={draft.keep_days}
            most={3650}
            onValue={keep_days => change({ keep_days })}
            testid="rules-edit-keep"
          />
        </div>
        <TextArea
          label={t("rules.aids")}
          hint={t("examplan.one_a_line")}
          value={aids}
          onValue={setAids}
          data-testid="rules-edit-aids"
        />
      </Card>
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      <div class="row">
        <Button type="submit" look="primary" icon={Save} busy={doing.busy} data-testid="rules-save">
          {t("action.save")}
        </Button>
      </div>
    </form>
  );
}

interface AmountProps {
  label: string;
  value: number;
  most: number;
  onValue: (value: number) => void;
  testid: string;
}

/** A number field that keeps what is typed and hands on what is a number. */
export function Amount({ label, value, most, onValue, testid }: AmountProps) {
  const [text, setText] = useState(number(value));
  const found = typed(text);
  const wrong = found === null || found > most;
  return (
    <Field
      label={label}
      value={text}
      inputMode="decimal"
      autocomplete="off"
      error={wrong ? t("examplan.number", { most }) : undefined}
      onValue={next => {
        setText(next);
        const read = typed(next);
        if (read !== null && read <= most) onValue(read);
      }}
      data-testid={testid}
    />
  );
}
