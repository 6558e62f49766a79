module.exports = { ...require('../../jest.preset.cjs')('api-client'), rootDir: __dirname };
