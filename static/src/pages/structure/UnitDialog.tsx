/** Making, changing and removing one unit. What has history is archived instead of removed. */
import { useState } from "preact/hooks";
import { Archive, Trash2 } from "lucide-preact";
import { ApiError, patch, post, remove } from "../../api/client";
import { explain } from "../../api/explain";
import { LANGUAGE_NAMES, LANGUAGES, t } from "../../i18n";
import { Button } from "../../ui/Button";
import { Check, Field, Select } from "../../ui/Field";
import { Confirm, Dialog } from "../../ui/Dialog";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { toast } from "../../ui/Toast";
import { bodyOf, draftOf, isComplete, UNITS, type AnyUnit, type UnitKind } from "./units";

interface Props {
  kind: UnitKind;
  unit: AnyUnit | undefined;
  parents: readonly AnyUnit[];
  onClose: () => void;
  onDone: () => void;
}

export function UnitDialog({ kind, unit, parents, onClose, onDone }: Props) {
  const [draft, setDraft] = useState(() => draftOf(kind, unit));
  const [removing, setRemoving] = useState(false);
  const doing = useDoing();
  const { path, parent, language, hours, contact } = UNITS[kind];
  const change = (part: Partial<typeof draft>): void => setDraft({ ...draft, ...part });

  const save = (): void =>
    void doing.run(async () => {
      if (unit) await patch(`${path}/${unit.id}`, bodyOf(kind, draft, false));
      else await post(path, bodyOf(kind, draft, true));
      toast(t("done.saved"));
      onDone();
    });
  const archive = (): void =>
    void doing.run(async () => {
      await patch(`${path}/${unit?.id ?? ""}`, { archived: true });
      toast(t("structure.archived"));
      onDone();
    });
  const erase = (): void =>
    void doing.run(async () => {
      setRemoving(false);
      await remove(`${path}/${unit?.id ?? ""}`);
      toast(t("structure.removed"));
      onDone();
    });
  const hasHistory = doing.error instanceof ApiError && doing.error.code === "unit.has_history";
  return (
    <Dialog
      open
      title={unit ? unit.name : t(`structure.new_${kind}`)}
      onClose={onClose}
      onSubmit={save}
      testid="unit-dialog"
      foot={
        <>
          {unit && (
            <Button look="quiet" icon={Trash2} onClick={() => setRemoving(true)} data-testid="unit-remove">
              {t("action.delete")}
            </Button>
          )}
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button
            type="submit"
            look="primary"
            busy={doing.busy}
            disabled={!isComplete(kind, draft)}
            data-testid="unit-save"
          >
            {t("action.save")}
          </Button>
        </>
      }
    >
      {parent && !unit && (
        <Select
          label={t(`unit.${parent}`)}
          none={t("structure.choose")}
          value={draft.parent}
          onValue={value => change({ parent: value })}
          options={parents.map(({ id, name }) => ({ value: id, label: name }))}
          data-testid="unit-parent"
        />
      )}
      <Field
        label={t("structure.name")}
        value={draft.name}
        onValue={name => change({ name })}
        maxLength={kind === "group" ? 40 : 200}
        autofocus
        data-testid="unit-name"
      />
      {contact && (
        <Field
          label={t("structure.contact")}
          hint={t("structure.contact_hint")}
          value={draft.contact}
          onValue={value => change({ contact: value })}
          maxLength={200}
          data-testid="unit-contact"
        />
      )}
      {language && (
        <Select
          label={t("structure.language")}
          value={draft.language}
          onValue={value => change({ language: value })}
          options={LANGUAGES.map(value => ({ value, label: LANGUAGE_NAMES[value] }))}
        />
      )}
      {hours && (
        <>
          <div class="form-grid">
            <Field
              label={t("structure.hours_all")}
              value={draft.hours}
              onValue={value => change({ hours: value })}
              type="number"
              min={0}
              max={2000}
            />
            <Field
              label={t("structure.hours_contact")}
              value={draft.contact_hours}
              onValue={value => change({ contact_hours: value })}
              type="number"
              min={0}
              max={2000}
            />
          </div>
          <Check label={t("structure.is_mooc")} checked={draft.mooc} onValue={mooc => change({ mooc })} />
        </>
      )}
      {doing.error !== undefined && (
        <Note tone="danger">
          <div class="stack-tight">
            <p>{explain(doing.error)}</p>
            {hasHistory && (
              <div class="row">
                <Button icon={Archive} onClick={archive} data-testid="unit-archive">
                  {t("structure.archive")}
                </Button>
              </div>
            )}
          </div>
        </Note>
      )}
      <Confirm
        open={removing}
        title={t("structure.remove_title")}
        words={<p>{t("structure.remove_words", { name: unit?.name ?? "" })}</p>}
        action={t("action.delete")}
        onYes={erase}
        onClose={() => setRemoving(false)}
      />
    </Dialog>
  );
}
