import { Construction } from 'lucide-react';
import { ButtonLink } from '../design/button/button-link.js';
import { EmptyState } from '../design/feedback/empty-state.js';
import { Page } from '../design/page/page.js';

/** Stands where a screen is being built. Goes with the last of them. */
export function ScreenToCome({ title }: { readonly title: string }) {
  return (
    <Page title={title}>
      <EmptyState
        icon={Construction}
        title="This screen is not built yet"
        action={<ButtonLink to="/">Go to the overview</ButtonLink>}
      >
        Meanwhile pbk and the REST API do what it will do.
      </EmptyState>
    </Page>
  );
}
