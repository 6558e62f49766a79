/** How an attempt to deliver went, in words that hold no secret. */
export interface Outcome {
  readonly ok: boolean;
  readonly result: string;
  /** The other side asked to be left alone for so long. */
  readonly retryAfterMs?: number;
  /** The other side will never take it. */
  readonly final?: true;
}

export interface HttpCall {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * Calls a URL; only 2xx counts. A redirect is not followed: it would carry the message, its signature or a token to
 * somebody whom nobody chose. The answer's body is not read.
 */
export async function callHttp(url: string, call: HttpCall, timeoutMs: number): Promise<Outcome> {
  try {
    const response = await fetch(url, {
      ...call,
      headers: { 'user-agent': 'Periodic-Backup', ...call.headers },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel().catch(() => undefined);
    return outcomeOf(response);
  } catch (error) {
    return { ok: false, result: failureInWords(error, timeoutMs) };
  }
}

function outcomeOf({ ok, status, headers }: Response): Outcome {
  if (ok) return { ok, result: `It answered ${status}.` };
  if (status >= 300 && status < 400)
    return {
      ok,
      result: `It answered ${status}, a redirect, which is not followed: name the final URL.`,
    };
  if (status === 410) return { ok, result: 'It answered 410: this URL is gone for ever.', final: true };
  if (status === 413) return { ok, result: 'It answered 413: the message is too large for it.', final: true };
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return {
    ok,
    result: `It answered ${status}.`,
    ...(seconds > 0 ? { retryAfterMs: Math.min(seconds, 3600) * 1000 } : {}),
  };
}

/** `fetch` hides the reason in the cause. */
function failureInWords(error: unknown, timeoutMs: number): string {
  const { name, message, cause } = error as Error;
  if (name === 'TimeoutError') return `It did not answer within ${timeoutMs / 1000} s.`;
  const { code, message: reason } = (cause ?? {}) as { code?: string; message?: string };
  return `It cannot be reached: ${code ?? reason ?? message}.`;
}
