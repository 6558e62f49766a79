declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of the web console, and so open to all: a file of its build, or any address that its one page answers. */
    console?: 'file' | 'page';
  }
}

interface RoutedRequest {
  readonly headers: { readonly accept?: string | undefined };
  readonly params: unknown;
  readonly routeOptions: { readonly config: { readonly console?: 'file' | 'page' } };
}

/** The route that was matched, not the spelling of the address, says that this is the console: it shows nobody's data. */
export function isConsole(request: RoutedRequest): boolean {
  const part = request.routeOptions.config.console;
  return part === 'file' || (part === 'page' && wantsPage(request));
}

/** Somebody goes to a screen. Programs that miss a route of the API must hear so, not get a page. */
export function wantsPage({ headers, params }: RoutedRequest): boolean {
  const path = (params as { '*'?: string })['*'] ?? '';
  return (headers.accept ?? '').includes('text/html') && !/^\/*api(\/|$)/i.test(path);
}
