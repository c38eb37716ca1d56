/** Accounts: find them, make new ones, open one to change it. */
import { useState } from "preact/hooks";
import { Pencil, UserPlus } from "lucide-preact";
import { all, useList } from "../../api/lists";
import { useResource } from "../../api/resource";
import { ROLES, type GroupView, type Slip, type UserView } from "../../api/types";
import { t } from "../../i18n";
import { may } from "../../state/me";
import { Avatar, Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Select } from "../../ui/Field";
import { useSettled } from "../../ui/hooks";
import { SearchField } from "../../ui/SearchField";
import { Page } from "../../ui/Shell";
import { Empty, Failed, Loading } from "../../ui/States";
import { Table } from "../../ui/Table";
import { NewUser } from "./NewUser";
import { SlipDialog } from "./SlipDialog";
import { UserDialog } from "./UserDialog";
import "./people.css";

export default function People() {
  const [query, setQuery] = useState("");
  const [role, setRole] = useState("");
  const [group, setGroup] = useState("");
  const [making, setMaking] = useState(false);
  const [opened, setOpened] = useState<UserView>();
  const [slip, setSlip] = useState<Slip>();
  const groups = useResource(signal => all<GroupView>("/groups", {}, signal), []);
  const people = useList<UserView>("/users", { query: useSettled(query.trim(), 250), role, group });
  const filtered = query.trim() !== "" || role !== "" || group !== "";
  return (
    <Page
      title={t("nav.people")}
      lead={t("people.lead")}
      testid="people"
      actions={
        may("user.create") && (
          <Button look="primary" icon={UserPlus} onClick={() => setMaking(true)} data-testid="person-new">
            {t("people.new")}
          </Button>
        )
      }
    >
      <div class="filters" role="search">
        <SearchField label={t("people.search")} value={query} onValue={setQuery} testid="people-search" />
        <Select
          bare
          label={t("people.role")}
          none={t("people.any_role")}
          value={role}
          onValue={setRole}
          options={ROLES.filter(value => value !== "guest").map(value => ({
            value,
            label: t(`role.${value}`),
          }))}
          data-testid="people-role"
        />
        <Select
          bare
          label={t("people.group")}
          none={t("people.any_group")}
          value={group}
          onValue={setGroup}
          options={(groups.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          data-testid="people-group"
        />
      </div>
      {people.error !== undefined && <Failed error={people.error} onRetry={people.reload} />}
      {people.items === undefined && people.error === undefined && <Loading />}
      {people.items?.length === 0 && people.error === undefined && (
        <Empty title={filtered ? t("people.not_found") : t("people.none")}>
          {filtered ? t("people.not_found_words") : t("people.none_words")}
        </Empty>
      )}
      {people.items && people.items.length > 0 && <List people={people.items} onOpen={setOpened} />}
      {people.more && (
        <div class="row">
          <Button busy={people.busy} onClick={people.more} data-testid="people-more">
            {t("action.more")}
          </Button>
        </div>
      )}
      <p class="hidden-text" role="status">
        {people.items && t("people.found", { count: people.items.length })}
      </p>
      <NewUser
        open={making}
        onClose={() => setMaking(false)}
        onMade={made => {
          setMaking(false);
          setSlip(made);
          people.reload();
        }}
      />
      {opened && (
        <UserDialog
          key={opened.id}
          user={opened}
          onClose={() => setOpened(undefined)}
          onChanged={people.reload}
          onSlip={made => {
            setOpened(undefined);
            setSlip(made);
          }}
        />
      )}
      {slip && <SlipDialog slip={slip} onClose={() => setSlip(undefined)} />}
    </Page>
  );
}

function List({ people, onOpen }: { people: readonly UserView[]; onOpen: (user: UserView) => void }) {
  return (
    <Table
      caption={t("nav.people")}
      testid="people-table"
      rows={people}
      rowKey={user => user.id}
      columns={[
        {
          id: "name",
          label: t("people.name"),
          heads: true,
          cell: user => (
            <span class="person-cell">
              <Avatar name={user.name} id={user.id} size={36} />
              <span>{user.name}</span>
            </span>
          ),
        },
        { id: "login", label: t("login.login"), cell: user => <span class="mono small">{user.login}</span> },
        {
          id: "roles",
          label: t("profile.roles"),
          cell: user => (
            <span class="row roles-cell">
              {user.roles.map(role => (
                <Badge key={role.id}>
                  {t(`role.${role.role}`)}
                  {role.scope_name && `: ${role.scope_name}`}
                </Badge>
              ))}
            </span>
          ),
        },
        {
          id: "state",
          label: t("people.state"),
          cell: user =>
            user.disabled ? (
              <Badge tone="danger">{t("people.disabled")}</Badge>
            ) : user.must_change ? (
              <Badge tone="warn">{t("people.must_change")}</Badge>
            ) : (
              <Badge tone="good">{t("people.active")}</Badge>
            ),
        },
        {
          id: "open",
          label: "",
          end: true,
          cell: user => (
            <Button
              look="quiet"
              icon={Pencil}
              onClick={() => onOpen(user)}
              data-testid="person-open"
              aria-label={`${t("action.edit")}: ${user.name}`}
            >
              {t("action.edit")}
            </Button>
          ),
        },
      ]}
    />
  );
}
