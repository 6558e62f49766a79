import { useQueryErrorResetBoundary } from '@tanstack/react-query';
import { useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { Compass } from 'lucide-react';
import { ButtonLink } from '../design/button/button-link.js';
import { EmptyState } from '../design/feedback/empty-state.js';
import { ErrorState } from '../design/feedback/error-state.js';
import { SkeletonRows } from '../design/feedback/skeleton.js';
import { Page } from '../design/page/page.js';

/** What a screen shows that failed as a whole. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const queries = useQueryErrorResetBoundary();
  const again = (): void => {
    queries.reset();
    reset();
    void router.invalidate();
  };
  return (
    <Page title="Something is wrong">
      <ErrorState error={error} onRetry={again} />
    </Page>
  );
}

export function RouteNotFound() {
  return (
    <Page title="There is no such screen">
      <EmptyState
        icon={Compass}
        title="Nothing is at this address"
        action={<ButtonLink to="/">Go to the overview</ButtonLink>}
      />
    </Page>
  );
}

/** While the code of a screen is on its way. */
export function RoutePending() {
  return (
    <Page title="Loading">
      <SkeletonRows what="the screen" />
    </Page>
  );
}
