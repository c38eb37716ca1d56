/**
 * One document of exam rules (`/exam-rules/{id}`): a draft can be written and approved by those who may,
 * an approved one is only read; a new version begins from it.
 */
import { FilePlus, Printer, Stamp } from "lucide-preact";
import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { explain } from "../../api/explain";
import { useResource } from "../../api/resource";
import { t } from "../../i18n";
import { isoDay } from "../../i18n/dates";
import { may } from "../../state/me";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { Page } from "../../ui/Shell";
import { Load } from "../../ui/States";
import { LanguageSwitch } from "../../ui/Switches";
import { TabPanel, Tabs } from "../../ui/Tabs";
import { toast } from "../../ui/Toast";
import { approveRules, draftRules, readRules, type Rules } from "./api";
import { RulesDocument } from "./RulesDocument";
import { RulesEditor } from "./RulesEditor";
import "./examplan.css";

export default function RulesPage({ id }: { id: string }) {
  const { route } = useLocation();
  const rules = useResource(signal => readRules(id, signal), [id]);
  const [tab, setTab] = useState("edit");
  const [approving, setApproving] = useState(false);
  const doing = useDoing();
  const found = rules.data;
  const edits = may("exam.rules_write");
  const again = (from: Rules): void =>
    void doing.run(async () => {
      try {
        const made = await draftRules(from.title, from.id);
        route(`/exam-rules/${made.id}`);
      } catch (error) {
        toast(explain(error), "fault");
      }
    });
  const actions = found && (
    <>
      <LanguageSwitch />
      <Button icon={Printer} onClick={() => print()} data-testid="rules-print">
        {t("action.print")}
      </Button>
      {edits && found.state === "draft" && (
        <Button look="primary" icon={Stamp} onClick={() => setApproving(true)} data-testid="rules-approve">
          {t("rules.approve")}
        </Button>
      )}
      {edits && found.state !== "draft" && (
        <Button icon={FilePlus} busy={doing.busy} onClick={() => again(found)} data-testid="rules-again">
          {t("rules.again")}
        </Button>
      )}
    </>
  );
  return (
    <Page title={found?.title ?? t("rules.page")} lead={t("rules.lead")} actions={actions} testid="rules">
      <Load of={rules}>
        {one =>
          edits && one.state === "draft" ? (
            <>
              <Tabs
                name="rules"
                label={one.title}
                chosen={tab}
                onChoose={setTab}
                tabs={[
                  { id: "edit", label: t("rules.tab_edit") },
                  { id: "read", label: t("rules.tab_read") },
                ]}
              />
              <TabPanel name="rules" id={tab}>
                {tab === "edit" ? (
                  <RulesEditor key={one.id} rules={one} onSaved={rules.set} />
                ) : (
                  <RulesDocument rules={one} />
                )}
              </TabPanel>
            </>
          ) : (
            <RulesDocument rules={one} />
          )
        }
      </Load>
      {approving && found && (
        <Approve
          rules={found}
          onClose={() => setApproving(false)}
          onDone={one => {
            setApproving(false);
            rules.set(one);
          }}
        />
      )}
    </Page>
  );
}

/** The protocol of the council that has approved the document. */
function Approve(props: { rules: Rules; onClose: () => void; onDone: (rules: Rules) => void }) {
  const { rules, onClose, onDone } = props;
  const [protocol, setProtocol] = useState("");
  const [date, setDate] = useState(isoDay(new Date()));
  const [told, setTold] = useState(false);
  const doing = useDoing();
  const submit = (): void => {
    setTold(true);
    if (!protocol.trim() || !date) return;
    void doing.run(async () => onDone(await approveRules(rules.id, protocol.trim(), date)));
  };
  return (
    <Dialog
      open
      title={t("rules.approve")}
      onClose={onClose}
      onSubmit={submit}
      testid="rules-approve-dialog"
      foot={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button look="primary" type="submit" busy={doing.busy} data-testid="rules-approve-yes">
            {t("rules.approve")}
          </Button>
        </>
      }
    >
      <p>{t("rules.approve_words")}</p>
      <Field
        label={t("rules.protocol")}
        value={protocol}
        onValue={setProtocol}
        maxLength={100}
        error={told && !protocol.trim() ? t("field.required") : undefined}
        data-testid="rules-protocol"
      />
      <Field
        label={t("rules.date")}
        type="date"
        value={date}
        onValue={setDate}
        error={told && !date ? t("field.required") : undefined}
        data-testid="rules-date"
      />
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
    </Dialog>
  );
}
