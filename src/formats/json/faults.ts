/** What can be wrong with a JSON text. */
export type JsonFault =
  | 'JSON_DEPTH'
  | 'JSON_KEY_DUPLICATE'
  | 'JSON_NUMBER'
  | 'JSON_NUMBER_LIMIT'
  | 'JSON_OBJECT_LIMIT'
  | 'JSON_STRING'
  | 'JSON_SURROGATE'
  | 'JSON_SYNTAX'
  | 'JSON_TRAILING'
  | 'JSON_TRUNCATED'
  | 'JSON_UTF8';
