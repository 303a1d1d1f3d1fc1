/** What a service says when it refuses (RFC 9457), and how it reaches a form's fields. */

export interface FieldProblem {
  pointer?: string;
  parameter?: string;
  detail: string;
  code: string;
}

interface ProblemBody {
  type?: string;
  detail?: string;
  instance?: string;
  errors?: FieldProblem[] | null;
  params?: Record<string, unknown> | null;
}

export class Problem extends Error {
  readonly slug: string;
  readonly fields: FieldProblem[];
  readonly requestId: string;
  readonly params: Record<string, unknown>;

  constructor(
    readonly status: number,
    body: ProblemBody,
    requestId: string | null,
    readonly retryAfter: number | null = null,
  ) {
    super(body.detail || `HTTP ${status}`);
    this.slug = body.type?.split(":").at(-1) ?? "unknown";
    this.fields = body.errors ?? [];
    this.params = body.params ?? {};
    this.requestId = requestId ?? body.instance?.split(":").at(-1) ?? "";
  }

  /** The sentences by field: `#/days/0/starts_at` is `days.0.starts_at`; what no field carries is under "". */
  byField(): Record<string, string> {
    const found: Record<string, string> = {};
    for (const field of this.fields) {
      const name = field.pointer?.replace(/^#\/?/, "").replaceAll("/", ".") ?? field.parameter ?? "";
      found[name] ??= field.detail;
    }
    return found;
  }
}

/** The connection failed: nobody knows whether the request arrived, and the same key may be sent again. */
export class Offline extends Error {
  constructor() {
    super("offline");
  }
}

export async function problemOf(answer: Response): Promise<Problem> {
  const body = (await answer.json().catch(() => ({}))) as ProblemBody;
  const wait = Number(answer.headers.get("retry-after"));
  return new Problem(answer.status, body, answer.headers.get("x-request-id"), wait > 0 ? wait : null);
}
