import { typedApi } from '@periodic-backup/api-client/http';

/** The API that served this page. */
export const api = typedApi('');
