/**
 * Registered photos (`/photos`): what faces are compared with in exams. The office puts in, replaces and
 * erases one, or many at once by the names of files; the server looks whether each shows one face that can
 * be compared. Who objects stands first to be settled.
 */
import { ImageUp, Trash2, Upload } from "lucide-preact";
import { useRef, useState } from "preact/hooks";
import { ApiError } from "../../api/client";
import { explain } from "../../api/explain";
import { useResource } from "../../api/resource";
import { maybe, t } from "../../i18n";
import { dayAndTime } from "../../i18n/dates";
import { Avatar, Badge } from "../../ui/Badge";
import { Button, IconButton } from "../../ui/Button";
import { Confirm } from "../../ui/Dialog";
import { Choice } from "../../ui/Field";
import { useDoing, useSettled } from "../../ui/hooks";
import { SearchField } from "../../ui/SearchField";
import { Page } from "../../ui/Shell";
import { Empty, Load } from "../../ui/States";
import { Table } from "../../ui/Table";
import { toast } from "../../ui/Toast";
import { erasePhoto, LARGEST, listPhotos, photoOf, putPhoto, type Registered, type Show } from "./api";
import { Many } from "./Many";
import "./photos.css";

/** Why a photo was not taken, in words that say what to do. */
export function refused(error: unknown): string {
  const problem = error instanceof ApiError ? error.details["problem"] : undefined;
  return (typeof problem === "string" && maybe(`photo.problem.${problem}`)) || explain(error);
}

export const TAKES = "image/jpeg,image/png";

export default function Photos() {
  const [text, setText] = useState("");
  const [show, setShow] = useState<Show>("all");
  const [many, setMany] = useState<File[]>([]);
  const [erasing, setErasing] = useState<Registered>();
  const settled = useSettled(text.trim(), 250);
  const found = useResource(signal => listPhotos(settled, show, signal), [settled, show]);
  const input = useRef<HTMLInputElement>(null);
  const doing = useDoing();
  const counts = found.data;
  const erase = (one: Registered): void =>
    void doing.run(async () => {
      try {
        await erasePhoto(one.person);
        toast(t("photo.erased", { name: one.name }));
        found.reload();
      } catch (error) {
        toast(explain(error), "fault");
      }
      setErasing(undefined);
    });
  return (
    <Page
      title={t("photo.title")}
      lead={t("photo.lead")}
      testid="photos"
      actions={
        <>
          <input
            ref={input}
            type="file"
            multiple
            accept={TAKES}
            class="hidden-text"
            tabIndex={-1}
            aria-label={t("photo.many")}
            onChange={event => {
              setMany([...(event.currentTarget.files ?? [])]);
              event.currentTarget.value = "";
            }}
            data-testid="photos-files"
          />
          <Button
            look="primary"
            icon={Upload}
            onClick={() => input.current?.click()}
            data-testid="photos-many"
          >
            {t("photo.many")}
          </Button>
        </>
      }
    >
      {counts && <p class="muted">{t("photo.terms_office", { count: counts.keep_days })}</p>}
      {many.length > 0 && (
        <Many
          files={many}
          onClose={() => {
            setMany([]);
            found.reload();
          }}
        />
      )}
      <div class="photo-filters" role="search">
        <SearchField label={t("people.search")} value={text} onValue={setText} testid="photos-search" />
        <Choice
          bare
          label={t("photo.show")}
          value={show}
          options={[
            { value: "all", label: `${t("photo.show_all")} ${counts?.students ?? ""}` },
            {
              value: "missing",
              label: `${t("photo.show_missing")} ${counts ? counts.students - counts.registered : ""}`,
            },
            { value: "objected", label: `${t("photo.show_objected")} ${counts?.objected ?? ""}` },
          ]}
          onValue={value => setShow(value as Show)}
          testid="photos-show"
        />
      </div>
      <Load of={found}>
        {({ photos }) =>
          photos.length === 0 ? (
            <Empty title={t("photo.none")} />
          ) : (
            <Table
              caption={t("photo.title")}
              testid="photos-list"
              rows={photos}
              rowKey={one => one.person}
              columns={[
                {
                  id: "name",
                  label: t("examplan.name"),
                  heads: true,
                  cell: one => <Who one={one} />,
                },
                {
                  id: "at",
                  label: t("photo.since"),
                  cell: one =>
                    one.at ? (
                      <span class="numbers">
                        {dayAndTime(one.at)}
                        {one.by && <span class="muted">, {one.by}</span>}
                      </span>
                    ) : (
                      <Badge>{t("photo.missing")}</Badge>
                    ),
                },
                {
                  id: "objection",
                  label: t("photo.objection"),
                  cell: one =>
                    one.objected && (
                      <span data-testid="photos-objection">
                        <Badge tone="warn">{dayAndTime(one.objected)}</Badge> {one.objection}
                      </span>
                    ),
                },
                {
                  id: "deeds",
                  label: "",
                  end: true,
                  cell: one => (
                    <span class="row photo-deeds">
                      <One one={one} onDone={found.reload} />
                      {one.at && (
                        <IconButton
                          icon={Trash2}
                          label={`${t("photo.erase")}: ${one.name}`}
                          onClick={() => setErasing(one)}
                          data-testid="photos-erase"
                        />
                      )}
                    </span>
                  ),
                },
              ]}
            />
          )
        }
      </Load>
      {erasing && (
        <Confirm
          open
          title={t("photo.erase_sure", { name: erasing.name })}
          words={t("photo.erase_words")}
          action={t("photo.erase")}
          busy={doing.busy}
          onYes={() => erase(erasing)}
          onClose={() => setErasing(undefined)}
        />
      )}
    </Page>
  );
}

function Who({ one }: { one: Registered }) {
  return (
    <span class="photo-who">
      {one.at ? (
        <img src={photoOf(one.person, one.at)} alt="" loading="lazy" width={48} height={60} />
      ) : (
        <Avatar name={one.name} id={one.person} size={48} />
      )}
      <span>
        <span dir="auto">{one.name}</span>
        <br />
        <span class="mono muted small">{one.login}</span>
      </span>
    </span>
  );
}

/** Put in or replace one person's photo. */
function One({ one, onDone }: { one: Registered; onDone: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  const doing = useDoing();
  const take = (file: File | undefined): void =>
    void doing.run(async () => {
      if (!file) return;
      try {
        if (file.size > LARGEST) throw new ApiError(413, "body.large", "", { problem: "large" });
        await putPhoto(one.person, file);
        toast(t("photo.kept", { name: one.name }));
        onDone();
      } catch (error) {
        toast(refused(error), "fault");
      }
    });
  return (
    <>
      <input
        ref={input}
        type="file"
        accept={TAKES}
        class="hidden-text"
        tabIndex={-1}
        aria-label={`${t("photo.put")}: ${one.name}`}
        onChange={event => {
          take(event.currentTarget.files?.[0]);
          event.currentTarget.value = "";
        }}
        data-testid="photos-file"
      />
      <Button
        icon={ImageUp}
        busy={doing.busy}
        onClick={() => input.current?.click()}
        data-testid="photos-put"
      >
        {t(one.at ? "photo.replace" : "photo.put")}
      </Button>
    </>
  );
}
