// Package arrowshm reads and publishes datasets in pools of shared memory, in pure Go and without a daemon.
//
// A pool lies in /dev/shm and belongs to one user. What is in it are datasets: names with segments, which are arrays of
// numbers or tables of Apache Arrow. Java, Flink, Python and Rust write and read the same pools.
//
// [Pool.Open] reads a dataset in place, under leases: the bytes stay as they are until the dataset is closed or the process
// ends in any way, also when it is deleted or overwritten meanwhile. [Pool.Copy] copies it. [Pool.Watch] and [Pool.Wait] tell
// of what is published, and [Pool.Publish] asks the processes that take part in the pool to publish something.
//
// Numbers in comments are sections of FORMAT.md, which is the reference.
package arrowshm
