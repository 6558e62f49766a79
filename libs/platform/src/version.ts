/** The product's version, as agents and receivers announce it. */
export const VERSION = '0.1.0';
