"""read.py POOL [copy] prints a pool's datasets, read in place under leases, or copied. Numbers: sections of FORMAT.md."""
import ast, collections, contextlib, fcntl, json, mmap, operator, os, re, stat, struct, sys, threading, urllib.parse as url
import numpy as np, pyarrow as pa

class Stale(Exception): """The segment is gone, or was never there."""

def opened(name, at=None, kind=stat.S_ISREG, flags=os.O_RDONLY):  # 1.6
    descriptor = os.open(name, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=at)
    status = os.fstat(descriptor)
    if not kind(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise PermissionError(f"{name} is not what this user alone has made")
    return descriptor

def pools(directory=os.environ.get("ARROW_SHM_DIR", "/dev/shm")):  # 1.1
    links = (e for e in os.scandir(directory) if e.is_symlink() and e.stat(follow_symlinks=False).st_uid == os.geteuid())
    targets = ((link.name, os.readlink(link.path)) for link in links)
    return {n: f"{directory}/{to}" for n, to in targets if re.fullmatch(re.escape(f".{n}-") + "[0-9a-f]{16}", to)}

def value(data, description):  # 12.1
    if data[:6] == b"ARROW1":
        return pa.ipc.open_file(pa.py_buffer(data)).read_all()
    if data[:4] == b"\xff\xff\xff\xff":
        array = pa.ipc.read_tensor(pa.BufferReader(pa.py_buffer(data))).to_numpy()
        return array.view(bool) if description.startswith("|b1") else array
    start = 10 if data[6] == 1 else 12
    end = start + int.from_bytes(data[8:start], "little")
    npy = ast.literal_eval(str(data[start:end], "utf-8" if data[6] == 3 else "latin-1"))
    return np.ndarray(npy["shape"], np.lib.format.descr_to_dtype(npy["descr"]), data, end, order="CF"[npy["fortran_order"]])

class Pool:
    def __init__(self, path):
        self.directory = opened(path, kind=stat.S_ISDIR)
        self.document("pool.json", self.directory, formatVersion=2, poolId=path[-16:])  # 2
        self.slabs, self.names = (opened(name, self.directory, stat.S_ISDIR) for name in ("slabs", "names"))
        self.places, self.generations, self.records = map(self.words, ("slabs/table", "generations", "records"))
        self.registry, self.ever_lent = self.words("registry.cm3", os.O_RDWR), self.words("leases", os.O_RDWR)
        self.locks, self.held, self.mutex = opened("leases", self.directory), collections.Counter(), threading.Lock()
        os.register_at_fork(after_in_child=lambda: (os.close(self.locks), setattr(self, "locks", -1)))  # 13.3

    def document(self, name, directory, **expected):
        with open(opened(name, directory), "rb") as file:
            content = json.load(file)
        if not expected.items() <= content.items():
            raise ValueError(f"{name} has not {expected}")
        return content

    def words(self, name, flags=os.O_RDONLY):  # 9.6: 8 bytes at once
        with open(opened(name, self.directory, flags=flags), "rb") as file:
            memory = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ | (mmap.PROT_WRITE if flags else 0))
        return memoryview(memory)[: len(memory) // 8 * 8].cast("q")

    def datasets(self):  # 10.2
        return sorted(url.unquote(f[:-5].replace("+", "/")) for f in os.listdir(self.names) if re.fullmatch(r"[^.].*\.json", f))

    def manifest(self, dataset):  # 10.3
        name = re.sub(r"^\.", "%2E", url.quote(dataset).replace("~", "%7E").replace("/", "+"))
        return self.document(name + ".json", self.names, formatVersion=2)["content"]

    def slab(self, slot):  # 8.1, 8.2: the slab's file, at the block
        place = self.places[8 + slot]
        file = open(opened(str(place >> 24 & 0xFFFFFFFFFF), self.slabs), "rb")
        file.seek((place & 0xFFFF) * ((4 + (place >> 16 & 3)) << 6 + (place >> 18 & 63)))
        return file

    def copied(self, slot, generation, length):  # 9.3
        with self.slab(slot) as file:
            data = file.read(length)
        if len(data) < length or self.generations[slot] != generation:
            raise Stale
        return memoryview(data)

    def lock(self, slot, kind):
        fcntl.fcntl(self.locks, fcntl.F_OFD_SETLK, struct.pack("hhqqi4x", kind, os.SEEK_SET, slot, 1, 0))

    def leased(self, leases, slot, generation, length):  # 9.2
        if self.generations[slot] != generation:
            raise Stale
        with self.mutex:  # 9.7
            self.registry[self.records[slot] // 8 + 2], self.ever_lent[0] = generation, 1
            self.held[slot] += 1
            leases.callback(self.give_back, slot)
            self.lock(slot, fcntl.F_RDLCK)
            self.lock(slot, fcntl.F_RDLCK)  # 9.6: the fence
        if self.generations[slot] != generation:
            raise Stale
        with self.slab(slot) as file:
            start = file.tell() % mmap.PAGESIZE
            memory = mmap.mmap(file.fileno(), start + length, prot=mmap.PROT_READ, offset=file.tell() - start)
        return memoryview(memory)[start:]

    def give_back(self, slot):
        with self.mutex:
            self.held[slot] -= 1
            if self.held[slot] == 0:
                self.lock(slot, fcntl.F_UNLCK)

    @contextlib.contextmanager
    def open(self, dataset, copy=False):  # 10.7
        """Attributes of a dataset and its segments by path, which stay as they are until the context ends, or copies."""
        before, key = None, operator.itemgetter("slot", "generation", "length")
        with contextlib.ExitStack() as leases:
            while (content := self.manifest(dataset)) != before:
                before = content
                with contextlib.suppress(Stale, FileNotFoundError):  # A slab's file, since others lie elsewhere by now
                    found = [self.copied(*key(s)) if copy else self.leased(leases, *key(s)) for s in content["segments"]]
                    break
                leases.close()
            else:
                raise Stale(f"{dataset} names segments that are gone")
            yield content["attributes"], {s["path"]: value(b, s["description"]) for s, b in zip(content["segments"], found)}

if __name__ == "__main__":
    pool = Pool(pools()[sys.argv[1]])
    for dataset in pool.datasets():
        with pool.open(dataset, "copy" in sys.argv) as (attributes, segments):
            print(dataset, attributes, *(f"{path}: {segment!r}" for path, segment in segments.items()), sep="\n  ")
