// Runs a workspace command after making sure it can run: the right Node, then the
// pinned pnpm install, then turbo. Plain ES5 and no dependency, so that an old Node
// reaches the message below instead of a syntax error.
//
//   node .ci/task.cjs setup            installs what the lockfile says
//   node .ci/task.cjs test             every check, then one summary of all test files
//   node .ci/task.cjs <task> [flags]   `turbo run <task> [flags]`
'use strict';

var childProcess = require('child_process');
var fs = require('fs');
var path = require('path');

var root = path.join(__dirname, '..');
var manifest = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));

requireSupportedNode(manifest.engines.node);

var command = process.argv[2];
if (!command) fail('Name a task, for example: node .ci/task.cjs test');

var environment = Object.assign({}, process.env, {
  TURBO_TELEMETRY_DISABLED: '1',
  // turbo does not hash the Node version by itself; turbo.json lists this variable.
  NODE_VERSION_KEY: process.version + '-' + process.platform + '-' + process.arch,
  // Nor what else is installed that tests run on, and skip where it is missing.
  CHROMIUM: process.env.CHROMIUM || (fs.existsSync('/usr/bin/chromium') ? '/usr/bin/chromium' : ''),
  RUNTIMES_KEY: String(exists('node_modules/.cache/runtimes/node_modules')),
  VALGRIND_KEY: String(childProcess.spawnSync('valgrind', ['--version'], { stdio: 'ignore' }).status === 0),
});
environment.PATH = [path.join(root, 'node_modules', '.bin'), process.env.PATH].join(path.delimiter);

install();
if (command === 'setup') process.exit(0);
if (command === 'test') process.exit(test(process.argv.slice(3)));
process.exit(turbo(process.argv.slice(2)));

function requireSupportedNode(range) {
  var current = process.versions.node.split('.').map(Number);
  var supported = range.split('||').some(function (alternative) {
    var match = /^(\^|>=)(\d+)\.(\d+)\.\d+$/.exec(alternative.trim());
    if (!match) throw new Error('package.json engines.node holds a form this check does not read: ' + alternative);
    var major = Number(match[2]);
    if (current[0] === major) return current[1] >= Number(match[3]);
    return match[1] === '>=' && current[0] > major;
  });
  if (supported) return;
  fail(
    'concurrency-lab is developed on Node ' +
      range +
      '; this is Node ' +
      process.versions.node +
      '.\n' +
      'Install a newer Node, or borrow one for this command:\n\n' +
      '  npx --yes --package=node@22 -- npm test\n',
  );
}

function install() {
  // Under `pnpm run` the install has been verified already (verifyDepsBeforeRun).
  if ((process.env.npm_config_user_agent || '').startsWith('pnpm/') && exists('node_modules/.modules.yaml')) return;
  var version = manifest.devEngines.packageManager.version;
  var local = 'node_modules/pnpm/package.json';
  var installed = exists(local) && JSON.parse(fs.readFileSync(path.join(root, local), 'utf8')).version === version;
  var parameters = ['install', '--frozen-lockfile', '--reporter=append-only'];
  var status = installed ? run('pnpm', parameters) : run('npx', ['--yes', 'pnpm@' + version].concat(parameters));
  if (status !== 0) fail('The install failed (exit code ' + status + '); its output is above.');
}

function turbo(parameters) {
  return run('turbo', ['run'].concat(parameters));
}

// Every package's vitest run leaves a blob report, which turbo caches with the pass.
// Merging the blobs prints the test runner's own summary over all packages, so that a
// run that tested nothing, or skipped a package, cannot look like a green one.
function test(parameters) {
  var packages = fs.readdirSync(path.join(root, 'packages')).filter(function (name) {
    return exists('packages/' + name + '/vitest.config.ts');
  });
  packages.forEach(function (name) {
    // And what model tests leave: a record must not be older than the run. Nor must what was built: turbo
    // restores it over what is there, and files that are gone would be packed.
    ['.vitest', 'dist'].forEach(function (output) {
      fs.rmSync(path.join(root, 'packages', name, output), { recursive: true, force: true });
    });
  });
  var checks = ['build', 'typecheck', 'lint', 'test', '--continue=dependencies-successful', '--output-logs=new-only'];
  var status = turbo(checks.concat(parameters));

  var merged = path.join(root, 'node_modules', '.cache', 'test-blobs');
  fs.rmSync(merged, { recursive: true, force: true });
  fs.mkdirSync(merged, { recursive: true });
  var missing = packages.filter(function (name) {
    if (!fs.existsSync(blob(name))) return true;
    fs.copyFileSync(blob(name), path.join(merged, name + '.json'));
    return false;
  });
  if (missing.length > 0) console.error('\nNo test report from: ' + missing.join(', '));
  var summary = packages.length > missing.length ? run('vitest', ['run', '--merge-reports=' + merged]) : 1;
  if (status !== 0) console.error('Not green: turbo names the failed checks above the summary.\n');
  return status || summary || (missing.length > 0 ? 1 : 0);
}

function blob(name) {
  return path.join(root, 'packages', name, '.vitest', 'blob.json');
}

function exists(relative) {
  return fs.existsSync(path.join(root, relative));
}

function run(program, parameters) {
  var windows = process.platform === 'win32';
  var result = childProcess.spawnSync(program, parameters, {
    cwd: root,
    env: environment,
    stdio: 'inherit',
    shell: windows, // .cmd shims need one
  });
  if (result.error) fail('Cannot start ' + program + ': ' + result.error.message);
  return result.status === null ? 1 : result.status;
}

function fail(message) {
  console.error('\n' + message + '\n');
  process.exit(1);
}
