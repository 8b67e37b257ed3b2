//! Pools of tests with several processes, and these.
#![allow(dead_code, reason = "each of those that include this uses a part")]

use arrow_shm::{Pool, remove};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// A participant on command, not started yet.
pub fn participant(pool: &TestPool) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_participant"));
    command.arg(&pool.0);
    command
}

/// A pool that is gone after the test.
pub struct TestPool(pub String);

impl TestPool {
    pub fn new(test: &str) -> Self {
        TestPool(format!("rust-{test}-{}", std::process::id()))
    }

    pub fn open(&self) -> Pool {
        Pool::open(&super::support::options(&self.0)).unwrap()
    }
}

impl Drop for TestPool {
    fn drop(&mut self) {
        let removed = (0..500).any(|_| {
            thread::sleep(Duration::from_millis(10));
            remove(&super::support::options(&self.0)).is_ok()
        });
        if !thread::panicking() {
            assert!(removed, "the pool {} can be removed", self.0);
        }
    }
}

/// A participant on command, killed when it is dropped.
pub struct Process {
    child: Child,
    input: ChildStdin,
    pub lines: Receiver<String>,
}

impl Process {
    pub fn start(pool: &TestPool) -> Self {
        let mut child = participant(pool).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (sender, lines) = channel();
        thread::spawn(move || {
            BufReader::new(output).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        let process = Process { child, input, lines };
        let first = process.read();
        assert!(first.starts_with("open "), "{first}");
        process
    }

    pub fn read(&self) -> String {
        self.lines.recv_timeout(Duration::from_secs(60)).expect("an answer within a minute")
    }

    pub fn ask(&mut self, line: &str) -> String {
        writeln!(self.input, "{line}").unwrap();
        self.read()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
