import { textOrNothing } from '../../app/search-values.js';

/** What stands in the address of the list of messages. `message`: the one that is looked at. */
export interface DeliveryListSearch {
  readonly message?: string | undefined;
}

export function deliveryListSearch(search: Record<string, unknown>): DeliveryListSearch {
  return { message: textOrNothing(search['message']) };
}
