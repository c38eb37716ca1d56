/** Choosing a role and where it holds. The units are read once when the fields appear. */
import { all } from "../../api/lists";
import { useResource } from "../../api/resource";
import { ROLES, type Named, type Role, type ScopeKind } from "../../api/types";
import { t } from "../../i18n";
import { Select } from "../../ui/Field";

export interface RoleChoice {
  role: Role;
  scope_kind: ScopeKind;
  scope: string;
}

export const NO_ROLE: RoleChoice = { role: "student", scope_kind: "university", scope: "" };

interface Units {
  faculty: Named[];
  department: Named[];
  group: Named[];
}

/** Every unit as `kind:id`, for one select with groups of options in order of size. Pure. */
export function scopeOptions(units: Units | undefined, whole: string, word: (kind: keyof Units) => string) {
  const options = [{ value: "university:", label: whole }];
  for (const kind of ["faculty", "department", "group"] as const) {
    for (const unit of units?.[kind] ?? [])
      options.push({ value: `${kind}:${unit.id}`, label: `${word(kind)}: ${unit.name}` });
  }
  return options;
}

export function RoleFields({ value, onValue }: { value: RoleChoice; onValue: (value: RoleChoice) => void }) {
  const units = useResource(async (signal): Promise<Units> => {
    const [faculty, department, group] = await Promise.all([
      all<Named>("/faculties", {}, signal),
      all<Named>("/departments", {}, signal),
      all<Named>("/groups", {}, signal),
    ]);
    return { faculty, department, group };
  }, []);
  return (
    <>
      <Select
        label={t("people.role")}
        value={value.role}
        onValue={role => onValue({ ...value, role: role as Role })}
        options={ROLES.filter(role => role !== "guest").map(role => ({
          value: role,
          label: t(`role.${role}`),
        }))}
        data-testid="role-role"
      />
      <Select
        label={t("people.scope")}
        value={`${value.scope_kind}:${value.scope}`}
        onValue={chosen => {
          const [kind = "university", id = ""] = chosen.split(":");
          onValue({ ...value, scope_kind: kind as ScopeKind, scope: id });
        }}
        options={scopeOptions(units.data, t("people.whole"), kind => t(`unit.${kind}`))}
        data-testid="role-scope"
      />
    </>
  );
}
