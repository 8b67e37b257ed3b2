package arrowshm

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

const openFlags = unix.O_NOFOLLOW | unix.O_NONBLOCK | unix.O_CLOEXEC

// directory is an open one, from which all that lies in it is reached: a path from outside may lead elsewhere by now (1.6).
type directory struct {
	file *os.File
	path string
}

func (d *directory) fd() int { return int(d.file.Fd()) }

func (d *directory) close() error { return d.file.Close() }

// openParent opens the directory of all pools, which may be everybody's.
func openParent(path string) (*directory, error) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, absentOr(err, path)
	}
	return &directory{os.NewFile(uintptr(fd), path), path}, nil
}

// directory opens one in it, of this user and which nobody else can write.
func (d *directory) directory(name string) (*directory, error) {
	file, err := d.open(name, unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	opened := &directory{file, file.Name()}
	if _, err := check(file, unix.S_IFDIR); err != nil {
		opened.close()
		return nil, err
	}
	return opened, nil
}

// regular opens a file in it, of this user and which nobody else can write. It returns its length, too.
func (d *directory) regular(name string, flags int) (*os.File, int64, error) {
	file, err := d.open(name, flags, 0)
	if err != nil {
		return nil, 0, err
	}
	length, err := check(file, unix.S_IFREG)
	if err != nil {
		file.Close()
		return nil, 0, err
	}
	return file, length, nil
}

func (d *directory) open(name string, flags int, mode uint32) (*os.File, error) {
	path := d.path + "/" + name
	fd, err := unix.Openat(d.fd(), name, flags|openFlags, mode)
	if err != nil {
		return nil, absentOr(err, path)
	}
	return os.NewFile(uintptr(fd), path), nil
}

// absentOr tells what is not there, or may not be read, from what is something else than it has to be.
func absentOr(err error, path string) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fail(fs.ErrNotExist, "%s is not there", path)
	case errors.Is(err, unix.ELOOP), errors.Is(err, unix.ENOTDIR), errors.Is(err, unix.ENXIO), errors.Is(err, unix.EISDIR):
		return corrupt(path, "it is a link, or no file or directory where one has to be (%v)", err)
	}
	return fail(err, "%s cannot be opened: %v", path, err)
}

func check(file *os.File, kind uint32) (length int64, err error) {
	var status unix.Stat_t
	if err := unix.Fstat(int(file.Fd()), &status); err != nil {
		return 0, fail(err, "%s cannot be looked at: %v", file.Name(), err)
	}
	switch {
	case status.Mode&unix.S_IFMT != kind:
		return 0, corrupt(file.Name(), "it is something else than a file or directory")
	case int(status.Uid) != os.Geteuid():
		return 0, fail(fs.ErrPermission, "%s belongs to user %d, and this process is user %d: run as the pool's user", file.Name(), status.Uid, os.Geteuid())
	case status.Mode&0o022 != 0:
		return 0, fail(fs.ErrPermission, "others can write %s (mode %04o): nothing in it is trusted", file.Name(), status.Mode&0o7777)
	}
	return status.Size, nil
}

// read returns what is in a small file.
func (d *directory) read(name string, most int64) ([]byte, error) {
	file, _, err := d.regular(name, unix.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, most+1))
	if err != nil {
		return nil, fail(err, "%s cannot be read: %v", file.Name(), err)
	}
	if int64(len(content)) > most {
		return nil, corrupt(file.Name(), "it has more than %d bytes", most)
	}
	return content, nil
}

// names lists it from the beginning, by a description of its own.
func (d *directory) names() ([]string, error) {
	file, err := d.open(".", unix.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	names, err := file.Readdirnames(-1)
	if err != nil {
		return nil, fail(err, "%s cannot be listed: %v", d.path, err)
	}
	return names, nil
}

// create makes a new file in it, which is not yet complete: its name begins with a '.'.
func (d *directory) create(name string) (*os.File, error) {
	return d.open(name, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL, 0o600)
}

func (d *directory) rename(from, to string) error {
	if err := unix.Renameat(d.fd(), from, d.fd(), to); err != nil {
		return fail(err, "%s/%s cannot be renamed to %s: %v", d.path, from, to, err)
	}
	return nil
}

func (d *directory) remove(name string) error {
	if err := unix.Unlinkat(d.fd(), name, 0); err != nil {
		return absentOr(err, d.path+"/"+name)
	}
	return nil
}

// link reads a symbolic link of this user.
func (d *directory) link(name string) (string, error) {
	path := d.path + "/" + name
	var status unix.Stat_t
	if err := unix.Fstatat(d.fd(), name, &status, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return "", absentOr(err, path)
	}
	if status.Mode&unix.S_IFMT != unix.S_IFLNK {
		return "", fail(fs.ErrInvalid, "%s is no pool: it is no symbolic link", path)
	}
	if int(status.Uid) != os.Geteuid() {
		return "", fail(fs.ErrPermission, "%s belongs to user %d, and this process is user %d: run as the pool's user", path, status.Uid, os.Geteuid())
	}
	target := make([]byte, 256)
	length, err := unix.Readlinkat(d.fd(), name, target)
	if err != nil {
		return "", absentOr(err, path)
	}
	return string(target[:length]), nil
}

// byDescriptor is a path that leads to what is open, wherever it lies by now.
func (d *directory) byDescriptor() string {
	return fmt.Sprint("/proc/self/fd/", strconv.Itoa(d.fd()))
}
