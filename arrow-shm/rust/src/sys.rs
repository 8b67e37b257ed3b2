//! Files, locks and mappings. Everything in a pool is reached from an open directory, never through a link, and is
//! looked at after it was opened (FORMAT.md, 1.6).

use crate::error::{Error, Kind, Result};
use crate::fork::OwnDescriptor;
use std::ffi::CString;
use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU32, AtomicU64};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How long a lock that others hold for moments only is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

fn check(result: libc::c_int) -> io::Result<libc::c_int> {
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

fn c_string(name: &str) -> io::Result<CString> {
    CString::new(name).map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))
}

fn open_at(directory: RawFd, name: &str, flags: libc::c_int) -> io::Result<OwnedFd> {
    let name = c_string(name)?;
    // SAFETY: the name ends with a zero byte, and lives until the call returns.
    let fd = check(unsafe { libc::openat(directory, name.as_ptr(), flags | libc::O_CLOEXEC, 0o600) })?;
    // SAFETY: the call has just returned it, so nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

pub(crate) fn status(fd: BorrowedFd<'_>) -> io::Result<libc::stat> {
    let mut status = MaybeUninit::uninit();
    // SAFETY: the call fills the whole structure if it succeeds, and it is read only then.
    unsafe {
        check(libc::fstat(fd.as_raw_fd(), status.as_mut_ptr()))?;
        Ok(status.assume_init())
    }
}

/// Whether two looks were at the same file.
pub(crate) fn is_same(one: &libc::stat, other: &libc::stat) -> bool {
    (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)
}

pub(crate) fn effective_user() -> u32 {
    // SAFETY: it has no preconditions and cannot fail.
    unsafe { libc::geteuid() }
}

pub(crate) fn page_bytes() -> u64 {
    // SAFETY: it has no preconditions; the size of a page is always known.
    unsafe { libc::sysconf(libc::_SC_PAGESIZE) as u64 }
}

pub(crate) fn now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_millis() as u64)
}

/// 8 bytes that nobody can guess.
pub(crate) fn random() -> Result<u64> {
    let mut bytes = [0u8; 8];
    // SAFETY: the buffer has the length that is said. So few bytes come at once, or none.
    let length = unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), bytes.len(), 0) };
    if length == bytes.len() as isize {
        return Ok(u64::from_le_bytes(bytes));
    }
    Err(Error::io("no random numbers", io::Error::last_os_error()))
}

pub(crate) fn boot_id() -> Result<String> {
    let path = "/proc/sys/kernel/random/boot_id";
    let text = std::fs::read_to_string(path).map_err(|e| Error::io(path, e))?;
    Ok(text.trim_end().to_owned())
}

/// What an open may do with a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
}

/// An open directory that was looked at.
#[derive(Debug)]
pub(crate) struct Directory {
    fd: OwnedFd,
    path: PathBuf,
}

impl Directory {
    /// A directory that anybody may own and write: only what lies in it is looked at.
    pub(crate) fn of_everybody(path: &Path) -> Result<Self> {
        let text = path.to_str().ok_or_else(|| Error::new(Kind::Invalid, format!("{path:?} is not UTF-8")))?;
        let fd = open_at(libc::AT_FDCWD, text, libc::O_RDONLY | libc::O_DIRECTORY)
            .map_err(|e| Error::io(format_args!("the directory {text} cannot be opened"), e))?;
        Ok(Directory { fd, path: path.to_owned() })
    }

    /// The same directory, open once more.
    pub(crate) fn again(&self) -> Result<Directory> {
        let fd = self.fd.try_clone().map_err(|e| Error::io(self.path.display(), e))?;
        Ok(Directory { fd, path: self.path.clone() })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Leads to what is open here, whatever has its name by now.
    pub(crate) fn path_of_open(&self) -> CString {
        CString::new(format!("/proc/self/fd/{}", self.fd.as_raw_fd())).expect("a path without zero bytes")
    }

    pub(crate) fn path_of(&self, name: &str) -> String {
        self.path.join(name).display().to_string()
    }

    /// What was opened, and how it looked.
    fn trusted(&self, name: &str, fd: OwnedFd, kind: libc::mode_t, what: &str) -> Result<(OwnedFd, libc::stat)> {
        let status = status(fd.as_fd()).map_err(|e| Error::io(self.path_of(name), e))?;
        let user = effective_user();
        if status.st_mode & libc::S_IFMT != kind || status.st_uid != user || status.st_mode & 0o022 != 0 {
            let message = format!(
                "{} has mode {:o} and belongs to user {}: it must be a {what} of user {user} that nobody else can write. \
                 Somebody else may have prepared it; look who, and delete it",
                self.path_of(name),
                status.st_mode,
                status.st_uid
            );
            return Err(Error::new(Kind::Untrusted, message));
        }
        Ok((fd, status))
    }

    pub(crate) fn directory(&self, name: &str) -> Result<Directory> {
        let flags = libc::O_RDONLY | libc::O_DIRECTORY | libc::O_NOFOLLOW;
        let fd = open_at(self.fd.as_raw_fd(), name, flags).map_err(|e| match e.raw_os_error() {
            Some(libc::ENOTDIR | libc::ELOOP) => {
                Error::new(Kind::Untrusted, format!("{} is not a directory", self.path_of(name)))
            }
            _ => Error::io(self.path_of(name), e),
        })?;
        let (fd, _) = self.trusted(name, fd, libc::S_IFDIR, "directory")?;
        Ok(Directory { fd, path: self.path.join(name) })
    }

    pub(crate) fn open(&self, name: &str, access: Access) -> Result<File> {
        let flags = if access == Access::Write { libc::O_RDWR } else { libc::O_RDONLY };
        self.open_with(name, flags).map(|(file, _)| file)
    }

    /// A new file of mode 0600.
    pub(crate) fn create(&self, name: &str) -> Result<File> {
        self.open_with(name, libc::O_RDWR | libc::O_CREAT | libc::O_EXCL).map(|(file, _)| file)
    }

    pub(crate) fn open_or_create(&self, name: &str) -> Result<File> {
        self.open_with(name, libc::O_RDWR | libc::O_CREAT).map(|(file, _)| file)
    }

    fn open_with(&self, name: &str, flags: libc::c_int) -> Result<(File, libc::stat)> {
        let flags = flags | libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_NOCTTY;
        let fd = open_at(self.fd.as_raw_fd(), name, flags).map_err(|e| Error::io(self.path_of(name), e))?;
        let (fd, status) = self.trusted(name, fd, libc::S_IFREG, "file")?;
        Ok((File::from(fd), status))
    }

    /// A file that another program of this user has put here, of whatever mode, which is made private.
    pub(crate) fn take_in(&self, name: &str) -> Result<File> {
        let failed = |e| Error::io(self.path_of(name), e);
        let found = open_at(self.fd.as_raw_fd(), name, libc::O_PATH | libc::O_NOFOLLOW).map_err(failed)?;
        let status = status(found.as_fd()).map_err(failed)?;
        if status.st_mode & libc::S_IFMT != libc::S_IFREG || status.st_uid != effective_user() {
            let message = format!(
                "{} has mode {:o} and belongs to user {}: it must be a file of user {}",
                self.path_of(name),
                status.st_mode,
                status.st_uid,
                effective_user()
            );
            return Err(Error::new(Kind::Untrusted, message));
        }
        // That very file, whatever has its name by now.
        let path = format!("/proc/self/fd/{}", found.as_raw_fd());
        if status.st_mode & 0o7777 != 0o600 {
            std::fs::set_permissions(&path, Permissions::from_mode(0o600)).map_err(failed)?;
        }
        OpenOptions::new().read(true).write(true).custom_flags(libc::O_NONBLOCK).open(&path).map_err(failed)
    }

    /// When something in it was last made, renamed or deleted: seconds and nanoseconds since 1970.
    pub(crate) fn changed_at(&self) -> Result<(i64, i64)> {
        let status = status(self.fd.as_fd()).map_err(|e| Error::io(self.path.display(), e))?;
        Ok((status.st_mtime, status.st_mtime_nsec))
    }

    /// All of a small file.
    pub(crate) fn read(&self, name: &str, most: u64) -> Result<Vec<u8>> {
        self.read_open(name, most).map(|(bytes, ..)| bytes)
    }

    /// All of a small file, which is open still, and how it looked.
    pub(crate) fn read_open(&self, name: &str, most: u64) -> Result<(Vec<u8>, File, libc::stat)> {
        let (file, status) = self.open_with(name, libc::O_RDONLY)?;
        // One byte more, so that the end is seen without a larger buffer.
        let mut bytes = Vec::with_capacity((status.st_size as u64).min(most) as usize + 1);
        (&file).take(most + 1).read_to_end(&mut bytes).map_err(|e| Error::io(self.path_of(name), e))?;
        if bytes.len() as u64 > most {
            return Err(Error::new(Kind::Damaged, format!("{} is longer than {most} bytes", self.path_of(name))));
        }
        Ok((bytes, file, status))
    }

    /// A new file with this content, which is open still.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<File> {
        let mut file = self.create(name)?;
        file.write_all(bytes).map_err(|e| Error::io(self.path_of(name), e))?;
        Ok(file)
    }

    pub(crate) fn make_directory(&self, name: &str) -> Result<Directory> {
        let failed = |e| Error::io(format_args!("{} cannot be made", self.path_of(name)), e);
        let c_name = c_string(name).map_err(failed)?;
        // SAFETY: the name ends with a zero byte, and lives until the call returns.
        check(unsafe { libc::mkdirat(self.fd.as_raw_fd(), c_name.as_ptr(), 0o700) }).map_err(failed)?;
        self.directory(name)
    }

    /// Where a link of this user leads, which is not followed; nothing if there is no such link.
    pub(crate) fn link(&self, name: &str) -> Result<Option<String>> {
        let fd = match open_at(self.fd.as_raw_fd(), name, libc::O_PATH | libc::O_NOFOLLOW) {
            Err(e) if e.raw_os_error() == Some(libc::ENOENT) => return Ok(None),
            other => other.map_err(|e| Error::io(self.path_of(name), e))?,
        };
        let status = status(fd.as_fd()).map_err(|e| Error::io(self.path_of(name), e))?;
        if status.st_mode & libc::S_IFMT != libc::S_IFLNK || status.st_uid != effective_user() {
            let message = format!("{} is no symbolic link of this user, so no pool of this user", self.path_of(name));
            return Err(Error::new(Kind::Untrusted, message));
        }
        let mut target = vec![0u8; 4096];
        // SAFETY: an empty name means the link that fd stands for, and the buffer has the length that is said.
        let length =
            unsafe { libc::readlinkat(fd.as_raw_fd(), c"".as_ptr(), target.as_mut_ptr().cast(), target.len()) };
        if length < 0 {
            return Err(Error::io(self.path_of(name), io::Error::last_os_error()));
        }
        target.truncate(length as usize);
        Ok(Some(String::from_utf8_lossy(&target).into_owned()))
    }

    pub(crate) fn make_link(&self, name: &str, target: &str) -> Result<()> {
        let failed = |e| Error::io(format_args!("{} cannot be made", self.path_of(name)), e);
        let (c_name, c_target) = (c_string(name).map_err(failed)?, c_string(target).map_err(failed)?);
        // SAFETY: both texts end with a zero byte, and live until the call returns.
        check(unsafe { libc::symlinkat(c_target.as_ptr(), self.fd.as_raw_fd(), c_name.as_ptr()) }).map_err(failed)?;
        Ok(())
    }

    pub(crate) fn remove(&self, name: &str) -> Result<()> {
        self.unlink(name, 0)
    }

    pub(crate) fn remove_directory(&self, name: &str) -> Result<()> {
        self.unlink(name, libc::AT_REMOVEDIR)
    }

    fn unlink(&self, name: &str, flags: libc::c_int) -> Result<()> {
        let failed = |e| Error::io(format_args!("{} cannot be deleted", self.path_of(name)), e);
        let c_name = c_string(name).map_err(failed)?;
        // SAFETY: the name ends with a zero byte, and lives until the call returns.
        check(unsafe { libc::unlinkat(self.fd.as_raw_fd(), c_name.as_ptr(), flags) }).map_err(failed)?;
        Ok(())
    }

    pub(crate) fn rename(&self, from: &str, to: &str) -> Result<()> {
        let failed = |e| Error::io(format_args!("{} cannot be renamed", self.path_of(from)), e);
        let (c_from, c_to) = (c_string(from).map_err(failed)?, c_string(to).map_err(failed)?);
        let fd = self.fd.as_raw_fd();
        // SAFETY: both names end with a zero byte, and live until the call returns.
        check(unsafe { libc::renameat(fd, c_from.as_ptr(), fd, c_to.as_ptr()) }).map_err(failed)?;
        Ok(())
    }

    /// The names in it that are UTF-8; no other name is one of a pool.
    pub(crate) fn names(&self) -> Result<Vec<String>> {
        let path = format!("/proc/self/fd/{}", self.fd.as_raw_fd());
        let failed = |e| Error::io(format_args!("{} cannot be listed", self.path.display()), e);
        let mut names = Vec::new();
        for entry in std::fs::read_dir(path).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            if let Ok(text) = std::str::from_utf8(name.as_bytes()) {
                names.push(text.to_owned());
            }
        }
        Ok(names)
    }

    /// What kind of thing has a name, and which; nothing if there is none. Links are not followed.
    pub(crate) fn look(&self, name: &str) -> Result<Option<libc::stat>> {
        let failed = |e| Error::io(self.path_of(name), e);
        let c_name = c_string(name).map_err(failed)?;
        let mut status = MaybeUninit::uninit();
        let flags = libc::AT_SYMLINK_NOFOLLOW;
        // SAFETY: the name ends with a zero byte and lives until the call returns, which fills the whole structure if it
        // succeeds; it is read only then.
        unsafe {
            match check(libc::fstatat(self.fd.as_raw_fd(), c_name.as_ptr(), status.as_mut_ptr(), flags)) {
                Err(e) if e.raw_os_error() == Some(libc::ENOENT) => Ok(None),
                other => other.map(|_| Some(status.assume_init())).map_err(failed),
            }
        }
    }

    pub(crate) fn is_directory(&self, name: &str) -> Result<bool> {
        Ok(self.look(name)?.is_some_and(|status| status.st_mode & libc::S_IFMT == libc::S_IFDIR))
    }

    /// Whether this very directory still has the name.
    pub(crate) fn is_still(&self, parent: &Directory, name: &str) -> Result<bool> {
        let own = status(self.fd.as_fd()).map_err(|e| Error::io(self.path.display(), e))?;
        Ok(parent.look(name)?.is_some_and(|now| is_same(&own, &now)))
    }

    /// Bytes that its file system has left for this user.
    pub(crate) fn free_bytes(&self) -> Result<u64> {
        let mut status = MaybeUninit::<libc::statvfs>::uninit();
        // SAFETY: the call fills the whole structure if it succeeds, and it is read only then.
        let status = unsafe {
            check(libc::fstatvfs(self.fd.as_raw_fd(), status.as_mut_ptr()))
                .map_err(|e| Error::io(self.path.display(), e))?;
            status.assume_init()
        };
        Ok(status.f_bavail * status.f_frsize)
    }
}

/// Gives memory to a range of a file, which grows if it is shorter.
pub(crate) fn give_memory(file: &File, offset: u64, bytes: u64) -> io::Result<()> {
    loop {
        // SAFETY: the descriptor is open for as long as the file lives.
        match check(unsafe { libc::fallocate(file.as_raw_fd(), 0, offset as libc::off_t, bytes as libc::off_t) }) {
            Err(e) if e.raw_os_error() == Some(libc::EINTR) => continue,
            other => return other.map(|_| ()),
        }
    }
}

/// Takes the memory of whole pages of a file.
pub(crate) fn take_memory(file: &File, offset: u64, bytes: u64) -> io::Result<()> {
    let mode = libc::FALLOC_FL_PUNCH_HOLE | libc::FALLOC_FL_KEEP_SIZE;
    // SAFETY: the descriptor is open for as long as the file lives.
    check(unsafe { libc::fallocate(file.as_raw_fd(), mode, offset as libc::off_t, bytes as libc::off_t) }).map(|_| ())
}

/// Bytes of memory that a file takes.
pub(crate) fn memory_of(status: &libc::stat) -> u64 {
    status.st_blocks as u64 * 512
}

/// The lock of a whole file that everybody who makes or removes a pool of one name takes, waiting with a deadline.
pub(crate) fn try_lock_file(file: &File) -> io::Result<bool> {
    // SAFETY: the descriptor is open for as long as the file lives.
    match check(unsafe { libc::flock(file.as_raw_fd(), libc::LOCK_EX | libc::LOCK_NB) }) {
        Ok(_) => Ok(true),
        Err(e) if e.raw_os_error() == Some(libc::EWOULDBLOCK) => Ok(false),
        Err(e) => Err(e),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lock {
    Shared,
    Exclusive,
}

impl Lock {
    fn kind(self) -> libc::c_int {
        if self == Lock::Shared { libc::F_RDLCK } else { libc::F_WRLCK }
    }
}

/// An open file description of its own that bytes of a file are locked with. Nothing is mapped from it, and a forked
/// child closes it.
#[derive(Debug)]
pub(crate) struct Locks {
    descriptor: OwnDescriptor,
    path: String,
}

impl Locks {
    pub(crate) fn open(directory: &Directory, name: &str) -> Result<Self> {
        Locks::of(directory.path_of(name), || directory.open(name, Access::Write))
    }

    /// Locks bytes of a file that is opened for nothing else.
    pub(crate) fn of(path: String, open: impl FnOnce() -> Result<File>) -> Result<Self> {
        let too_many = || Error::new(Kind::System, "this process has too many pools open: close some");
        let descriptor = OwnDescriptor::open(|| open().map(OwnedFd::from), too_many)?;
        Ok(Locks { descriptor, path })
    }

    /// For a child that is about to be forked: it has these, and this process has them until they are dropped.
    pub(crate) fn for_a_child(directory: &Directory, name: &str) -> Result<Self> {
        let descriptor = OwnDescriptor::for_a_child(directory.open(name, Access::Write)?.into());
        Ok(Locks { descriptor, path: directory.path_of(name) })
    }

    /// In the child that they were opened for.
    pub(crate) fn in_the_child(self) -> Self {
        Locks { descriptor: self.descriptor.in_the_child(), path: self.path }
    }

    fn call(&self, command: libc::c_int, kind: libc::c_int, byte: u64) -> Result<Option<libc::flock>> {
        let fd = self.descriptor.raw().ok_or_else(|| {
            Error::new(Kind::Closed, "this process was forked since the pool was opened: open it anew")
        })?;
        // SAFETY: a structure of numbers, of which zero is one.
        let mut lock: libc::flock = unsafe { std::mem::zeroed() };
        lock.l_type = kind as libc::c_short;
        lock.l_whence = libc::SEEK_SET as libc::c_short;
        lock.l_start = byte as libc::off_t;
        lock.l_len = 1;
        // SAFETY: the descriptor is open, and the structure lives until the call returns.
        match check(unsafe { libc::fcntl(fd, command, &mut lock) }) {
            Ok(_) => Ok(Some(lock)),
            Err(e) if matches!(e.raw_os_error(), Some(libc::EAGAIN | libc::EACCES)) => Ok(None),
            Err(e) => Err(Error::io(format_args!("byte {byte} of {} cannot be locked", self.path), e)),
        }
    }

    pub(crate) fn try_lock(&self, byte: u64, lock: Lock) -> Result<bool> {
        Ok(self.call(libc::F_OFD_SETLK, lock.kind(), byte)?.is_some())
    }

    /// Waits, but not for ever.
    pub(crate) fn lock(&self, byte: u64, lock: Lock, what: &str) -> Result<()> {
        let until = Instant::now() + PATIENCE;
        let mut pause = Duration::from_micros(50);
        while !self.try_lock(byte, lock)? {
            if Instant::now() > until {
                let message = format!(
                    "{what} ({}, byte {byte}) was not to be had within {} s: see with `arrow-shm who` which process \
                     hangs or stands still, and end it",
                    self.path,
                    PATIENCE.as_secs()
                );
                return Err(Error::new(Kind::Timeout, message));
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(5));
        }
        Ok(())
    }

    pub(crate) fn unlock(&self, byte: u64) -> Result<()> {
        self.call(libc::F_OFD_SETLK, libc::F_UNLCK, byte).map(|_| ())
    }

    /// Whether another description has a lock of the byte that keeps off this kind.
    pub(crate) fn is_locked_against(&self, byte: u64, lock: Lock) -> Result<bool> {
        let found = self.call(libc::F_OFD_GETLK, lock.kind(), byte)?;
        Ok(found.is_some_and(|lock| lock.l_type != libc::F_UNLCK as libc::c_short))
    }
}

/// Memory of a file, mapped until this is dropped.
#[derive(Debug)]
pub(crate) struct Mapping {
    start: NonNull<u8>,
    bytes: usize,
}

// SAFETY: it is an address and a length; who reads or writes what there is under the protocol's rules, not Rust's.
unsafe impl Send for Mapping {}
// SAFETY: as above.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// Maps a whole file, whose length is at most what is there.
    pub(crate) fn of(file: &File, bytes: u64, access: Access) -> io::Result<Self> {
        Mapping::of_part(file, 0, bytes, access)
    }

    /// Maps what begins at a page.
    pub(crate) fn of_part(file: &File, offset: u64, bytes: u64, access: Access) -> io::Result<Self> {
        let protection = if access == Access::Write { libc::PROT_READ | libc::PROT_WRITE } else { libc::PROT_READ };
        let length = usize::try_from(bytes).map_err(|_| io::Error::from_raw_os_error(libc::ENOMEM))?;
        let offset = offset as libc::off_t;
        // SAFETY: no address is asked for, so nothing that is mapped already is replaced.
        let start =
            unsafe { libc::mmap(ptr::null_mut(), length, protection, libc::MAP_SHARED, file.as_raw_fd(), offset) };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let start = NonNull::new(start.cast()).ok_or_else(|| io::Error::from_raw_os_error(libc::ENOMEM))?;
        Ok(Mapping { start, bytes: length })
    }

    /// Zeros, which are no file's.
    #[cfg(test)]
    pub(crate) fn in_memory(bytes: u64) -> Self {
        let (protection, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
        // SAFETY: no address is asked for, so nothing that is mapped already is replaced.
        let start = unsafe { libc::mmap(ptr::null_mut(), bytes as usize, protection, flags, -1, 0) };
        assert_ne!(start, libc::MAP_FAILED, "no memory for {bytes} bytes");
        Mapping { start: NonNull::new(start.cast()).expect("an address"), bytes: bytes as usize }
    }

    /// Puts something else where this mapping is, at once: the same part of the file, of which what is written is seen
    /// here only; or, without a file, zeros.
    pub(crate) fn replace(&self, by: Option<(&File, u64)>) -> io::Result<()> {
        let (fd, offset, anonymous) = match by {
            Some((file, offset)) => (file.as_raw_fd(), offset, 0),
            None => (-1, 0, libc::MAP_ANONYMOUS),
        };
        let flags = libc::MAP_PRIVATE | libc::MAP_FIXED | libc::MAP_NORESERVE | anonymous;
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: exactly the addresses of this mapping are replaced, which is nobody else's, by memory that can be read
        // and written as before.
        let start =
            unsafe { libc::mmap(self.start.as_ptr().cast(), self.bytes, protection, flags, fd, offset as libc::off_t) };
        if start == libc::MAP_FAILED { Err(io::Error::last_os_error()) } else { Ok(()) }
    }

    pub(crate) fn start(&self) -> *mut u8 {
        self.start.as_ptr()
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes as u64
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: it was mapped here, with this length, and whoever uses the memory keeps this alive.
        unsafe { libc::munmap(self.start.as_ptr().cast(), self.bytes) };
    }
}

/// A mapped file of numbers that several processes read and write at once.
#[derive(Debug)]
pub(crate) struct Numbers(Mapping);

impl Numbers {
    /// Maps a file that must have exactly this length, or at least 64 bytes if none is said.
    pub(crate) fn open(directory: &Directory, name: &str, bytes: Option<u64>, access: Access) -> Result<Self> {
        let file = directory.open(name, access)?;
        let failed = |e| Error::io(directory.path_of(name), e);
        let length = status(file.as_fd()).map_err(failed)?.st_size as u64;
        if bytes.map_or(length < 64, |expected| expected != length) {
            let expected = bytes.map_or("at least 64".to_owned(), |expected| expected.to_string());
            let message = format!("{} has {length} bytes, expected: {expected}", directory.path_of(name));
            return Err(Error::new(Kind::Damaged, message));
        }
        Ok(Numbers(Mapping::of(&file, length, access).map_err(failed)?))
    }

    /// Zeros, which are no file's.
    #[cfg(test)]
    pub(crate) fn in_memory(bytes: u64) -> Self {
        Numbers(Mapping::in_memory(bytes))
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.0.bytes()
    }

    /// The 8 bytes at an offset, which is a multiple of 8.
    pub(crate) fn at(&self, offset: u64) -> &AtomicU64 {
        assert!(offset.is_multiple_of(8) && offset <= self.bytes() - 8, "{offset} is outside");
        // SAFETY: it is aligned, as mappings begin at pages; it is inside; and whoever writes there does so atomically.
        unsafe { &*self.0.start().add(offset as usize).cast::<AtomicU64>() }
    }

    /// The 4 bytes at an offset, which is a multiple of 4.
    pub(crate) fn at32(&self, offset: u64) -> &AtomicU32 {
        assert!(offset.is_multiple_of(4) && offset <= self.bytes() - 4, "{offset} is outside");
        // SAFETY: as above.
        unsafe { &*self.0.start().add(offset as usize).cast::<AtomicU32>() }
    }
}
