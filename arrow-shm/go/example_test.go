package arrowshm_test

import (
	"context"
	"fmt"
	"log"
	"time"

	arrowshm "github.com/arrow-shm/arrow-shm/arrow-shm/go"
)

func Example() {
	pool, err := arrowshm.Open("lab")
	if err != nil {
		log.Fatal(err)
	}
	defer pool.Close()

	run, err := pool.Open("run-42") // in place: nothing is copied
	if err != nil {
		log.Fatal(err)
	}
	defer run.Close() // frames must not be used any more then
	frames, err := run.Array("camera/frames")
	if err != nil {
		log.Fatal(err)
	}
	elements, err := arrowshm.Slice[float32](frames)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(frames.Shape, elements[0], run.Attributes["operator"])
}

func ExamplePool_Publish() {
	pool, err := arrowshm.Open("lab")
	if err != nil {
		log.Fatal(err)
	}
	defer pool.Close()

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	publication, err := pool.Publish(ctx, arrowshm.Request{
		Dataset:    "run-43",
		Attributes: map[string]any{"operator": "eve"},
		Segments:   []arrowshm.NewSegment{{Path: "camera/frames", Content: arrowshm.Numbers([]float32{1, 2, 3, 4}, 2, 2)}},
	})
	if err != nil {
		log.Fatal(err) // wraps arrowshm.ErrRefused if the dataset is there already, for instance
	}
	fmt.Println(publication.ID, publication.Revision)
}

func ExamplePool_Watch() {
	pool, err := arrowshm.Open("lab")
	if err != nil {
		log.Fatal(err)
	}
	defer pool.Close()

	for event, err := range pool.Watch(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(event.Dataset, event.Publication, event.Removed)
	}
}
