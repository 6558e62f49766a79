import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { Problem } from '@periodic-backup/contracts';

const REASONS: Readonly<Record<number, string>> = {
  400: 'The request does not fit its schema',
  404: 'There is no such thing',
  409: 'It contradicts what is there',
  410: 'It is not there any more',
  416: 'The file has no such range',
  422: 'It fits its schema but cannot work',
  429: 'Too many logins failed: wait as long as Retry-After says',
  501: 'This API was not given what it needs for it',
  503: 'PostgreSQL, Redis or the vault does not answer now',
  504: 'The agent does not answer in time',
};

/** Documents the refusals of an operation; every one is a problem+json. */
export function ApiProblems(...statuses: number[]): MethodDecorator & ClassDecorator {
  return applyDecorators(
    ...statuses.map((status) =>
      ApiResponse({ status, description: REASONS[status] ?? 'Refused', standardSchema: Problem }),
    ),
  );
}
