// Receives signed calls of Carillon; needs Go 1.19 and nothing else.
//
//	SIGNING_KEYS=whsec_current,whsec_former PORT=8090 go run receiver.go
//
// Put your work into work(). README.md says what is checked and why.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	tolerance = 5 * time.Minute
	kept      = 24 * time.Hour
	maxBody   = 1 << 20
)

var works atomic.Int64

// work does the work of a call and returns the answer's body; after an error, Carillon tries again.
func work(body []byte) ([]byte, error) {
	if len(body) == 0 {
		return nil, errors.New("nothing to work on")
	}
	return []byte(fmt.Sprintf(`{"works": %d}`, works.Add(1))), nil
}

type answer struct {
	sync.Mutex // a repeat waits until the first is done
	call       string
	since      time.Time
	body       []byte
}

type receiver struct {
	keys    [][]byte
	lock    sync.Mutex
	answers map[string]*answer
	order   []*answer // as they came
}

func (r *receiver) answerTo(call string) *answer {
	r.lock.Lock()
	defer r.lock.Unlock()
	for len(r.order) > 0 && time.Since(r.order[0].since) > kept {
		delete(r.answers, r.order[0].call)
		r.order = r.order[1:]
	}
	a, isKnown := r.answers[call]
	if !isKnown {
		a = &answer{call: call, since: time.Now()}
		r.answers[call] = a
		r.order = append(r.order, a)
	}
	return a
}

// refusal returns why a call is not Carillon's, or nothing. Headers are only believed once the signature is right.
func (r *receiver) refusal(headers http.Header, body []byte) string {
	call, timestamp := headers.Get("webhook-id"), headers.Get("webhook-timestamp")
	isSigned := false
	for _, key := range r.keys {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(call + "." + timestamp + "."))
		mac.Write(body)
		expected := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
		for _, given := range strings.Fields(headers.Get("webhook-signature")) {
			isSigned = isSigned || hmac.Equal([]byte(expected), []byte(given))
		}
	}
	if !isSigned {
		return "wrong signature"
	}
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if age := time.Since(time.Unix(seconds, 0)); err != nil || age > tolerance || age < -tolerance {
		return "too old, or clocks differ"
	}
	if key := headers.Get("idempotency-key"); key != "" && key != call {
		return "Idempotency-Key is not the signed webhook-id"
	}
	return ""
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, maxBody))
	if err != nil {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	if why := r.refusal(request.Header, body); why != "" {
		http.Error(w, why, http.StatusUnauthorized)
		return
	}
	a := r.answerTo(request.Header.Get("webhook-id"))
	a.Lock()
	defer a.Unlock()
	if a.body != nil {
		w.Header().Set("Idempotency-Replayed", "true")
	} else if a.body, err = work(body); err != nil {
		log.Println("failed:", err)
		http.Error(w, "failed", http.StatusInternalServerError)
		return
	}
	w.Write(a.body)
}

func main() {
	r := &receiver{answers: map[string]*answer{}}
	for _, key := range strings.Split(os.Getenv("SIGNING_KEYS"), ",") {
		bytes := []byte(key)
		if strings.HasPrefix(key, "whsec_") {
			var err error
			if bytes, err = base64.StdEncoding.DecodeString(key[6:]); err != nil {
				log.Fatal("a key of SIGNING_KEYS is not base64 after whsec_")
			}
		}
		if len(bytes) == 0 {
			log.Fatal("SIGNING_KEYS has no key, or an empty one")
		}
		r.keys = append(r.keys, bytes)
	}
	port := os.Getenv("PORT")
	if port == "" {
		port = "8090"
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on port", listener.Addr().(*net.TCPAddr).Port)
	server := &http.Server{Handler: r, ReadTimeout: 30 * time.Second}
	log.Fatal(server.Serve(listener))
}
