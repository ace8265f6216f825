package store

import (
	"encoding/json"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"example.com/fleet/internal/inventory"
)

// lockTimeout bounds the wait for another process that has the file open.
const lockTimeout = 2 * time.Second

var bucketName = []byte("devices")

// Bolt keeps devices in a bbolt file, as JSON by name.
type Bolt struct {
	db *bolt.DB
}

// OpenBolt opens the file at path and creates it if there is none.
func OpenBolt(path string) (*Bolt, error) {
	options := &bolt.Options{Timeout: lockTimeout, InitialMmapSize: initialMmapSize}
	db, err := bolt.Open(path, 0o600, options)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	if err := db.Update(createBucket); err != nil {
		db.Close()
		return nil, fmt.Errorf("prepare database %s: %w", path, err)
	}
	return &Bolt{db: db}, nil
}

func createBucket(tx *bolt.Tx) error {
	_, err := tx.CreateBucketIfNotExists(bucketName)
	return err
}

func (b *Bolt) Get(name string) (inventory.Device, error) {
	var device inventory.Device
	err := b.db.View(func(tx *bolt.Tx) error {
		text := tx.Bucket(bucketName).Get([]byte(name))
		if text == nil {
			return inventory.ErrNotFound
		}
		return decode(text, &device)
	})
	return device, err
}

// List is sorted by name because bbolt walks its keys in order.
func (b *Bolt) List() ([]inventory.Device, error) {
	var devices []inventory.Device
	err := b.db.View(func(tx *bolt.Tx) error {
		return tx.Bucket(bucketName).ForEach(func(_, text []byte) error {
			var device inventory.Device
			if err := decode(text, &device); err != nil {
				return err
			}
			devices = append(devices, device)
			return nil
		})
	})
	return devices, err
}

func (b *Bolt) Put(device inventory.Device) error {
	text, err := json.Marshal(device)
	if err != nil {
		return fmt.Errorf("encode device %s: %w", device.Name, err)
	}
	return b.db.Update(func(tx *bolt.Tx) error {
		return tx.Bucket(bucketName).Put([]byte(device.Name), text)
	})
}

func (b *Bolt) Delete(name string) error {
	return b.db.Update(func(tx *bolt.Tx) error {
		bucket := tx.Bucket(bucketName)
		if bucket.Get([]byte(name)) == nil {
			return inventory.ErrNotFound
		}
		return bucket.Delete([]byte(name))
	})
}

func (b *Bolt) Close() error { return b.db.Close() }

func decode(text []byte, device *inventory.Device) error {
	if err := json.Unmarshal(text, device); err != nil {
		return fmt.Errorf("decode device: %w", err)
	}
	return nil
}
