package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
)

// defaultAddr is both loopback addresses.
const defaultAddr = "localhost:4010"

var (
	loopback4 = netip.MustParseAddr("127.0.0.1")
	loopback6 = netip.IPv6Loopback()
)

// place is an address to listen on with its name looked up. None of it is bound.
type place struct {
	asked hostPort
	ip    netip.Addr // zero: every address of the machine
	// both: ::1 too, where the machine has it.
	both bool
}

// places are where serve listens: for the API, and for the control API where that has an address of its own.
type places []place

func (p places) control() place { return p[len(p)-1] }

// resolve looks up the names of the addresses.
func (s *serveSettings) resolve() (places, error) {
	first, err := resolve(s.addr)
	if err != nil || s.controlAddr == nil {
		return places{first}, err
	}
	second, err := resolve(*s.controlAddr)
	return places{first, second}, err
}

func resolve(asked hostPort) (place, error) {
	switch {
	case asked.host == "":
		return place{asked: asked}, nil
	case strings.EqualFold(strings.TrimSuffix(asked.host, "."), "localhost"):
		return place{asked: asked, ip: loopback4, both: true}, nil
	}
	if ip, err := netip.ParseAddr(asked.host); err == nil {
		return place{asked: asked, ip: ip}, nil
	}
	addr, err := net.ResolveIPAddr("ip", asked.host)
	if err != nil {
		return place{}, fmt.Errorf("cannot listen on %q: no such address", asked.host)
	}
	ip, _ := netip.AddrFromSlice(addr.IP)
	return place{asked: asked, ip: ip.Unmap().WithZone(addr.Zone)}, nil
}

// open reports whether others than this machine may reach the place.
func (p place) open() bool { return !p.ip.Unmap().IsLoopback() }

// host is what stands in a URL for the place.
func (p place) host() string {
	switch {
	case !p.ip.IsValid() || p.ip == netip.IPv4Unspecified():
		return loopback4.String()
	case p.ip == netip.IPv6Unspecified():
		return loopback6.String()
	}
	return p.ip.WithZone("").String()
}

// tries is how often a free port is picked until both loopback addresses have it.
const tries = 20

// listen binds every address of the place, all with one port, or none.
func (p place) listen() ([]net.Listener, error) {
	if !p.both {
		l, err := bind(p.ip, p.asked.port)
		if err != nil {
			return nil, err
		}
		return []net.Listener{l}, nil
	}
	for try := 1; ; try++ {
		ls, err := bindBoth(p.asked.port)
		if err == nil || p.asked.port != 0 || try == tries || !errors.Is(err, errTaken) {
			return ls, err
		}
	}
}

// bindBoth listens on both loopback addresses, or on 127.0.0.1 alone where the machine has no ::1.
func bindBoth(port int) ([]net.Listener, error) {
	first, err := bind(loopback4, port)
	if err != nil {
		return nil, err
	}
	second, err := bind(loopback6, portOf(first))
	switch {
	case err == nil:
		return []net.Listener{first, second}, nil
	case errors.Is(err, errTaken):
		_ = first.Close()
		return nil, err
	}
	return []net.Listener{first}, nil
}

var errTaken = errors.New("another program listens there; --addr localhost:0 picks a free port")

func bind(ip netip.Addr, port int) (net.Listener, error) {
	host := ""
	if ip.IsValid() {
		host = ip.String()
	}
	addr := net.JoinHostPort(host, strconv.Itoa(port))
	var config net.ListenConfig
	l, err := config.Listen(context.Background(), "tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("cannot listen on %s: %w", addr, errTaken)
	case err != nil:
		if op := new(net.OpError); errors.As(err, &op) {
			err = op.Err
		}
		return nil, fmt.Errorf("cannot listen on %s: %w", addr, err)
	}
	return l, nil
}

func portOf(l net.Listener) int { return l.Addr().(*net.TCPAddr).Port }

// makeToken makes up a token nobody guesses.
func makeToken() string { return rand.Text() }

var errHost = errors.New("want a host name such as mock.example.test, with no scheme and no path")

// checkHost refuses what is no host name; a port may follow it.
func checkHost(name string) error {
	if strings.ContainsAny(name, "/?#@ ") {
		return errHost
	}
	return nil
}
