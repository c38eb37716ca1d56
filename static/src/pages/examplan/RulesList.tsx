/** Every document of exam rules (`/exam-rules`), the newest first; those who may begin a new one. */
import { BookCheck, Plus } from "lucide-preact";
import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { explain } from "../../api/explain";
import { useResource } from "../../api/resource";
import { t } from "../../i18n";
import { may } from "../../state/me";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field, Select } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { Page } from "../../ui/Shell";
import { Empty, Load } from "../../ui/States";
import { Table } from "../../ui/Table";
import { draftRules, listRules, type Rules } from "./api";
import { approvalWords, RulesState } from "./RulesDocument";
import "./examplan.css";

export default function RulesList() {
  const found = useResource(signal => listRules(signal), []);
  const [making, setMaking] = useState(false);
  return (
    <Page
      title={t("rules.page")}
      lead={t("rules.lead")}
      testid="rules-list"
      actions={
        may("exam.rules_write") && (
          <Button look="primary" icon={Plus} onClick={() => setMaking(true)} data-testid="rules-new">
            {t("rules.new")}
          </Button>
        )
      }
    >
      <Load of={found}>
        {({ rules }) =>
          rules.length === 0 ? (
            <Empty icon={BookCheck} title={t("rules.none")}>
              {t("rules.none_words")}
            </Empty>
          ) : (
            <Table
              caption={t("rules.page")}
              testid="rules-table"
              rows={rules}
              rowKey={one => one.id}
              columns={[
                {
                  id: "title",
                  label: t("rules.title"),
                  heads: true,
                  cell: one => (
                    <a href={`/exam-rules/${one.id}`} data-testid="rules-open">
                      {one.title}
                    </a>
                  ),
                },
                { id: "version", label: t("rules.version_head"), cell: one => one.version },
                { id: "state", label: t("rules.state"), cell: one => <RulesState rules={one} /> },
                { id: "protocol", label: t("rules.protocol_head"), cell: one => approvalWords(one) || "-" },
              ]}
            />
          )
        }
      </Load>
      {making && <New rules={found.data?.rules ?? []} onClose={() => setMaking(false)} />}
    </Page>
  );
}

function New({ rules, onClose }: { rules: readonly Rules[]; onClose: () => void }) {
  const { route } = useLocation();
  const [title, setTitle] = useState("");
  const [base, setBase] = useState("");
  const [told, setTold] = useState(false);
  const doing = useDoing();
  const wrong = title.trim().length < 3;
  const submit = (): void => {
    setTold(true);
    if (wrong) return;
    void doing.run(async () => route(`/exam-rules/${(await draftRules(title.trim(), base)).id}`));
  };
  return (
    <Dialog
      open
      title={t("rules.new")}
      onClose={onClose}
      onSubmit={submit}
      testid="rules-new-dialog"
      foot={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button look="primary" type="submit" busy={doing.busy} data-testid="rules-make">
            {t("action.continue")}
          </Button>
        </>
      }
    >
      <Field
        label={t("rules.title")}
        value={title}
        onValue={setTitle}
        maxLength={200}
        error={told && wrong ? t("field.required") : undefined}
        data-testid="rules-new-title"
      />
      <Select
        label={t("rules.base")}
        none={t("rules.base_none")}
        value={base}
        options={rules.map(one => ({
          value: one.id,
          label: `${one.title}, ${t("rules.version", { n: one.version })}`,
        }))}
        onValue={setBase}
        data-testid="rules-new-base"
      />
      <p class="muted small">{t("rules.base_words")}</p>
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
    </Dialog>
  );
}
