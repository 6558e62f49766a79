import {
  Injectable,
  StandardSchemaValidationPipe,
  type ArgumentMetadata,
  type PipeTransform,
} from '@nestjs/common';
import { fieldErrorOf } from './field-error.js';
import { ProblemError, type FieldError } from './problem.js';

type Issue = Parameters<
  NonNullable<NonNullable<ConstructorParameters<typeof StandardSchemaValidationPipe>[0]>['exceptionFactory']>
>[0][number];

const MAX_ERRORS = 100;

/** Checks every argument against the schema of its decorator; a misfit is a 400 that places each problem at its field. */
@Injectable()
export class ValidationPipe implements PipeTransform {
  async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const pipe = new StandardSchemaValidationPipe({
      exceptionFactory: (issues) => {
        const errors = issues.slice(0, MAX_ERRORS).map((issue) => fieldError(issue, metadata));
        return new ProblemError(400, 'The request does not fit: see errors.', { errors });
      },
    });
    return pipe.transform(value, metadata);
  }
}

function fieldError({ path = [], message }: Issue, { data }: ArgumentMetadata): FieldError {
  const parts = path.map((part) => (typeof part === 'object' ? part.key : part));
  return fieldErrorOf(data === undefined ? parts : [data, ...parts], message);
}
