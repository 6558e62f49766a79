module.exports = { ...require('../../jest.preset.cjs')('local-files'), rootDir: __dirname };
