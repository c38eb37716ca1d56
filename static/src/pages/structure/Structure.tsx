/** Faculties, departments, groups and disciplines, a tab for each; a group opens to its students. */
import { useState } from "preact/hooks";
import { BookOpen, Building2, Landmark, Network, Pencil, Plus, UsersRound } from "lucide-preact";
import { useLocation } from "preact-iso";
import { all } from "../../api/lists";
import { useResource } from "../../api/resource";
import { LANGUAGE_NAMES, t } from "../../i18n";
import { may } from "../../state/me";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { useSettled } from "../../ui/hooks";
import { Page } from "../../ui/Shell";
import { Empty, Load } from "../../ui/States";
import { Table, type Column } from "../../ui/Table";
import { TabPanel, Tabs } from "../../ui/Tabs";
import { Students } from "./Students";
import { UnitDialog } from "./UnitDialog";
import { KINDS, UNITS, type AnyUnit, type UnitKind } from "./units";
import "../people/people.css";

const PICTURES = {
  faculty: Landmark,
  department: Building2,
  group: UsersRound,
  discipline: BookOpen,
} as const;

export default function Structure() {
  const { query, route } = useLocation();
  const kind = KINDS.find(value => value === query["tab"]) ?? "faculty";
  return (
    <Page title={t("nav.structure")} lead={t("structure.lead")} testid="structure">
      <Tabs
        name="unit"
        label={t("nav.structure")}
        chosen={kind}
        onChoose={id => route(id === "faculty" ? "/structure" : `/structure?tab=${id}`, true)}
        tabs={KINDS.map(id => ({ id, label: t(`structure.${id}`), icon: PICTURES[id] }))}
      />
      <TabPanel name="unit" id={kind}>
        <Units key={kind} kind={kind} />
      </TabPanel>
    </Page>
  );
}

function Units({ kind }: { kind: UnitKind }) {
  const [search, setSearch] = useState("");
  const [editing, setEditing] = useState<AnyUnit | "new">();
  const [group, setGroup] = useState<AnyUnit>();
  const query = useSettled(search.trim(), 250);
  const { path, parent } = UNITS[kind];
  const units = useResource(signal => all<AnyUnit>(path, { query }, signal), [path, query]);
  const parents = useResource(
    signal => (parent ? all<AnyUnit>(UNITS[parent].path, {}, signal) : Promise.resolve([])),
    [parent],
  );
  const parentName = (unit: AnyUnit): string =>
    parents.data?.find(({ id }) => parent !== undefined && id === unit[parent])?.name ?? "";
  return (
    <>
      <div class="row">
        <div class="grow">
          <Field
            bare
            type="search"
            label={t("structure.search")}
            placeholder={t("structure.search")}
            value={search}
            onValue={setSearch}
            data-testid="unit-search"
          />
        </div>
        {may("unit.create") && (
          <Button look="primary" icon={Plus} onClick={() => setEditing("new")} data-testid="unit-new">
            {t(`structure.new_${kind}`)}
          </Button>
        )}
      </div>
      <Load of={units}>
        {list =>
          list.length === 0 ? (
            <Empty icon={Network} title={query ? t("people.not_found_words") : t("structure.none")}>
              {!query && parent && parents.data?.length === 0 ? t(`structure.first_${parent}`) : undefined}
            </Empty>
          ) : (
            <Table
              caption={t(`structure.${kind}`)}
              testid="unit-table"
              rows={list}
              rowKey={unit => unit.id}
              columns={columns(kind, parentName, setEditing, setGroup)}
            />
          )
        }
      </Load>
      {editing && (
        <UnitDialog
          kind={kind}
          unit={editing === "new" ? undefined : editing}
          parents={parents.data ?? []}
          onClose={() => setEditing(undefined)}
          onDone={() => {
            setEditing(undefined);
            units.reload();
          }}
        />
      )}
      {group && <Students group={group} onClose={() => setGroup(undefined)} />}
    </>
  );
}

function columns(
  kind: UnitKind,
  parentName: (unit: AnyUnit) => string,
  onEdit: (unit: AnyUnit) => void,
  onStudents: (unit: AnyUnit) => void,
): Column<AnyUnit>[] {
  const { parent, language, hours } = UNITS[kind];
  const list: Column<AnyUnit>[] = [
    { id: "name", label: t("structure.name"), heads: true, cell: unit => unit.name },
  ];
  if (parent) list.push({ id: "parent", label: t(`unit.${parent}`), cell: parentName });
  if (language)
    list.push({
      id: "language",
      label: t("switch.language"),
      cell: unit => unit.language && LANGUAGE_NAMES[unit.language],
    });
  if (hours) {
    list.push({
      id: "hours",
      label: t("structure.hours"),
      cell: unit => (
        <span class="row numbers">
          {unit.hours} / {unit.contact_hours}
          {unit.mooc && <Badge>{t("structure.mooc")}</Badge>}
        </span>
      ),
    });
  }
  list.push({
    id: "do",
    label: "",
    end: true,
    cell: unit => (
      <span class="row">
        {kind === "group" && may("roster.read") && (
          <Button
            look="quiet"
            icon={UsersRound}
            onClick={() => onStudents(unit)}
            data-testid="group-students"
          >
            {t("structure.students")}
          </Button>
        )}
        {may("unit.edit") && (
          <Button
            look="quiet"
            icon={Pencil}
            onClick={() => onEdit(unit)}
            data-testid="unit-edit"
            aria-label={`${t("action.edit")}: ${unit.name}`}
          >
            {t("action.edit")}
          </Button>
        )}
      </span>
    ),
  });
  return list;
}
