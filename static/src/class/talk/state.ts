/**
 * What is raised, asked and voted in the class, folded from its events. All events flow in, those from
 * before the welcome too, in order and each once; signals flow out. The passing news (reactions, counts of
 * open polls) replace what was told before.
 */
import { computed, signal } from "@preact/signals";
import { readPollCounts, text } from "../../media/wire";
import type { PollCounts, ServerMessage, SessionEvent } from "../../media/wire";

export interface Question {
  n: number;
  time: string;
  person: string;
  text: string;
  votes: ReadonlySet<string>;
  answered: boolean;
  answer: string;
  answeredBy: string;
}

export type Answers = "single" | "multiple" | "open";

export interface Vote {
  choices: number[];
  text: string;
}

export interface Poll {
  n: number;
  time: string;
  question: string;
  answers: Answers;
  options: string[];
  anonymous: boolean;
  live: boolean;
  closed: boolean;
  /** Whether you have voted. */
  voted: boolean;
  counts: PollCounts | null;
  /** Whether everybody was shown the results. */
  shared: boolean;
  /** Of a named poll, for who runs the class: who chose what. */
  votes: ReadonlyMap<string, Vote>;
}

/** Something that just happened and is worth a word; never from before the welcome. */
export interface Happened {
  n: number;
  kind: "hand" | "floor" | "question" | "answer" | "poll" | "results";
  person: string;
  text: string;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(item => text(item)) : [];
}

function number(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

export class TalkState {
  /** Ids of people, the first hand first. */
  readonly hands = signal<readonly string[]>([]);
  readonly raised = computed(() => new Set(this.hands.value));
  readonly floor = signal("");
  /** The entry by which you were given the floor while you were here; 0 for none. */
  readonly called = signal(0);
  readonly questions = signal<ReadonlyMap<number, Question>>(new Map());
  readonly polls = signal<ReadonlyMap<number, Poll>>(new Map());
  readonly reactions = signal<Readonly<Record<string, number>>>({});
  readonly happened = signal<Happened | null>(null);
  readonly open = computed(() => [...this.questions.value.values()].filter(one => !one.answered));
  readonly running = computed(() => [...this.polls.value.values()].filter(poll => !poll.closed));
  readonly unvoted = computed(() => this.running.value.filter(poll => !poll.voted));

  /** `you`: who looks; `present`: the number up to which events are history. */
  apply(message: ServerMessage, you: string, present: number): void {
    if (message.type === "event") this.event(message, you, message.n <= present);
    if (message.type === "reactions") this.reactions.value = message.counts;
    if (message.type === "polls") {
      for (const counts of message.polls) this.changePoll(counts.poll, { counts });
    }
  }

  private event(event: SessionEvent, you: string, replayed: boolean): void {
    const { kind, actor, data, n, time } = event;
    const tell = (what: Happened["kind"], person: string, words = ""): void => {
      if (!replayed) this.happened.value = { n, kind: what, person, text: words };
    };
    switch (kind) {
      case "hand.raised":
        if (!this.raised.value.has(actor)) this.hands.value = [...this.hands.value, actor];
        tell("hand", actor);
        break;
      case "hand.lowered":
        this.lower(texts(data["people"]));
        break;
      case "person.left":
        this.lower([actor]);
        if (this.floor.value === actor) this.floor.value = "";
        break;
      case "session.closed":
        this.hands.value = [];
        this.floor.value = "";
        break;
      case "floor.given": {
        const person = text(data["person"]);
        this.lower([person]);
        this.floor.value = person;
        if (person === you && !replayed) this.called.value = n;
        tell("floor", person);
        break;
      }
      case "floor.ended":
        this.floor.value = "";
        break;
      case "question.asked":
        if (data["removed"] === true) break;
        this.question(n, {
          n,
          time,
          person: actor,
          text: text(data["text"]),
          votes: new Set(),
          answered: false,
          answer: "",
          answeredBy: "",
        });
        tell("question", actor, text(data["text"]));
        break;
      case "question.upvoted":
        this.changeQuestion(number(data["question"]), old => ({ votes: new Set([...old.votes, actor]) }));
        break;
      case "question.answered":
        this.changeQuestion(number(data["question"]), () => ({
          answered: true,
          answer: text(data["text"]),
          answeredBy: actor,
        }));
        tell("answer", actor, text(data["text"]));
        break;
      case "question.removed": {
        const left = new Map(this.questions.value);
        left.delete(number(data["question"]));
        this.questions.value = left;
        break;
      }
      default:
        this.pollEvent(event, you, tell);
    }
  }

  private pollEvent(
    { kind, actor, data, n, time }: SessionEvent,
    you: string,
    tell: (what: Happened["kind"], person: string, words?: string) => void,
  ): void {
    const poll = number(data["poll"]);
    switch (kind) {
      case "poll.opened": {
        const answers = text(data["answers"]);
        this.poll({
          n,
          time,
          question: text(data["question"]),
          answers: answers === "multiple" || answers === "open" ? answers : "single",
          options: texts(data["options"]),
          anonymous: data["anonymous"] === true,
          live: data["live"] === true,
          closed: false,
          voted: false,
          counts: null,
          shared: false,
          votes: new Map(),
        });
        tell("poll", actor, text(data["question"]));
        break;
      }
      case "poll.voted": {
        const old = this.polls.value.get(poll);
        if (!old) break;
        const vote = {
          choices: Array.isArray(data["choices"]) ? data["choices"].map(number) : [],
          text: text(data["text"]),
        };
        const votes = data["anonymous"] === true ? old.votes : new Map([...old.votes, [actor, vote]]);
        this.changePoll(poll, { votes, voted: old.voted || actor === you });
        break;
      }
      case "poll.closed":
        this.changePoll(poll, { closed: true });
        break;
      case "poll.results":
        this.changePoll(poll, {
          counts: readPollCounts(data),
          shared: data["shared"] === true || (this.polls.value.get(poll)?.shared ?? false),
        });
        tell("results", actor, this.polls.value.get(poll)?.question ?? "");
        break;
      default:
    }
  }

  private lower(people: readonly string[]): void {
    if (!people.some(person => this.raised.value.has(person))) return;
    const gone = new Set(people);
    this.hands.value = this.hands.value.filter(person => !gone.has(person));
  }

  private question(n: number, question: Question): void {
    this.questions.value = new Map(this.questions.value).set(n, question);
  }

  private changeQuestion(n: number, how: (old: Question) => Partial<Question>): void {
    const old = this.questions.value.get(n);
    if (old) this.question(n, { ...old, ...how(old) });
  }

  private poll(poll: Poll): void {
    this.polls.value = new Map(this.polls.value).set(poll.n, poll);
  }

  private changePoll(n: number, change: Partial<Poll>): void {
    const old = this.polls.value.get(n);
    if (old) this.poll({ ...old, ...change });
  }
}

/** Open ones first, those that many have first; then in the order of asking. Pure. */
export function byNeed(questions: Iterable<Question>): Question[] {
  return [...questions].sort(
    (a, b) => Number(a.answered) - Number(b.answered) || b.votes.size - a.votes.size || a.n - b.n,
  );
}
