package strictjson_test

import (
	"bytes"
	"encoding/json"
	"strconv"
	"testing"

	"github.com/understudy-dev/understudy/spec/strictjson"
)

// record is an update of a usual size, 370 bytes.
const record = `{"id":"3f1c8a52-6d0e-4b7a-9a57-1f2f6f1c9d10","title":"Weekly review 2",` +
	`"startedAt":"2024-05-17T09:30:00Z",` +
	`"durationSeconds":1845,"rating":4.5,"archived":false,"notes":null,"phone":"+1 (555) 010-2030",` +
	`"recording":"https://example.com/recordings/1845.mp3","tags":["sales","follow-up"],` +
	`"attendees":[{"email":"ann@example.com","role":1},{"email":"bo@example.com","role":2}]}`

func BenchmarkDecode(b *testing.B) {
	large := largeText()
	for _, bench := range []struct {
		name string
		text []byte
	}{{"record", []byte(record)}, {"large", large}} {
		b.Run(bench.name+"/map", func(b *testing.B) {
			measure(b, bench.text, func() error {
				_, err := strictjson.Decode(bench.text, strictjson.Limits{})
				return err
			})
		})
		b.Run(bench.name+"/ordered", func(b *testing.B) {
			measure(b, bench.text, func() error {
				_, err := strictjson.DecodeOrdered(bench.text, strictjson.Limits{})
				return err
			})
		})
		b.Run(bench.name+"/encoding-json", func(b *testing.B) {
			measure(b, bench.text, func() error {
				dec := json.NewDecoder(bytes.NewReader(bench.text))
				dec.UseNumber()
				var v any
				return dec.Decode(&v)
			})
		})
	}
}

func measure(b *testing.B, text []byte, decode func() error) {
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if err := decode(); err != nil {
			b.Fatal(err)
		}
	}
}

// largeText is an array of 500 records of nine elements each.
func largeText() []byte {
	var b bytes.Buffer
	b.WriteByte('[')
	for i := range 500 {
		if i > 0 {
			b.WriteByte(',')
		}
		id := strconv.Itoa(i)
		b.WriteString(`{"id":` + id + `,"name":"record \"` + id + `\"","tags":["a","b","c"],"ok":true}`)
	}
	b.WriteByte(']')
	return b.Bytes()
}

func BenchmarkAppend(b *testing.B) {
	for _, bench := range []struct {
		name   string
		decode func([]byte, strictjson.Limits) (any, error)
	}{{"map", strictjson.Decode}, {"ordered", strictjson.DecodeOrdered}} {
		b.Run(bench.name, func(b *testing.B) {
			v, err := bench.decode([]byte(record), strictjson.Limits{})
			if err != nil {
				b.Fatal(err)
			}
			var buf []byte
			b.ReportAllocs()
			for b.Loop() {
				buf = strictjson.Append(buf[:0], v)
			}
		})
	}
}

func BenchmarkEqual(b *testing.B) {
	x, _ := strictjson.Decode([]byte(record), strictjson.Limits{})
	y, _ := strictjson.DecodeOrdered([]byte(record), strictjson.Limits{})
	b.ReportAllocs()
	for b.Loop() {
		if !strictjson.Equal(x, y) {
			b.Fatal("not equal")
		}
	}
}
