/** The class at `/lessons/{id}/class`: its own piece of code, drawn without the shell. */
import { Loading } from "../ui/States";

export default function ClassPage({ id }: { id: string }) {
  return <Loading key={id} />;
}
