//! What a child that is forked is to have, of which a process has more than one only if its tests run one by one: so
//! there is one.

mod support;

use arrow_shm::{Heritage, Kind, Options, Pool, remove};
use std::thread;

/// Removes the pool at the end.
struct TestPool(Options);

impl Drop for TestPool {
    fn drop(&mut self) {
        let _ = remove(&self.0);
    }
}

#[test]
fn a_child_is_given_what_its_thread_writes_and_what_was_exposed_and_not_what_other_threads_write() {
    let test_pool = TestPool(support::options(&format!("rust-heritage-{}", std::process::id())));
    let pool = Pool::open(&test_pool.0).unwrap();
    let by_another_thread = || thread::scope(|scope| scope.spawn(|| pool.allocate(5).unwrap()).join().unwrap());
    let (mut alone, exposed, own) = (by_another_thread(), by_another_thread(), pool.allocate(5).unwrap());
    let exposure = exposed.expose().unwrap();
    alone.bytes_mut().copy_from_slice(b"alone");
    let heritage = Heritage::new().unwrap();
    assert_eq!(alone.seal().unwrap().bytes(), Some(&b"alone"[..]));
    for inherited in [exposed, own] {
        assert!(inherited.is_inherited().unwrap());
        assert_eq!(inherited.seal().unwrap_err().kind(), Kind::InUse);
    }
    drop((heritage, exposure));
    assert!(pool.allocate(5).unwrap().seal().is_ok());
}
