package spec

import (
	"slices"
	"strings"
)

// factNames are what members beside the records tell, by their flat names.
var factNames = map[string]Role{
	"total": TotalRole, "totalcount": TotalRole, "totalelements": TotalRole, "totalitems": TotalRole, "totalresults": TotalRole,
	"totalrecords": TotalRole, "totalhits": TotalRole, "itemstotal": TotalRole, "totalsize": TotalRole, "odatacount": TotalRole,
	"totalnumber": TotalRole, "recordcount": TotalRole,
	"count": CountRole, "numberofelements": CountRole, "resultcount": CountRole, "returned": CountRole,
	"limit": LimitRole, "perpage": LimitRole, "pagesize": LimitRole, "size": LimitRole,
	"itemsperpage": LimitRole,
	"offset":       OffsetRole, "skip": OffsetRole, "startindex": OffsetRole,
	"page": PageRole, "pagenumber": PageRole, "currentpage": PageRole,
	"pages": PagesRole, "totalpages": PagesRole, "pagecount": PagesRole, "lastpage": LastPage,
	"hasmore": MoreRole, "hasnext": MoreRole, "hasnextpage": MoreRole, "more": MoreRole,
	"nextcursor": NextRole, "nextpagetoken": NextRole, "nexttoken": NextRole, "nextpage": NextRole, "cursor": NextRole, "next": NextRole,
	"continue": NextRole, "nextmarker": NextRole, "continuationtoken": NextRole, "nextcontinuationtoken": NextRole, "endcursor": NextRole,
	"nextlink": NextRole, "nexturl": NextRole, "nextpageurl": NextRole, "nextpagelink": NextRole, "odatanextlink": NextRole,
	"prev": PrevRole, "previous": PrevRole, "prevpage": PrevRole, "previouspage": PrevRole, "prevcursor": PrevRole,
	"previouscursor": PrevRole, "prevpagetoken": PrevRole, "previouspagetoken": PrevRole, "startcursor": PrevRole,
	"prevlink": PrevRole, "previouslink": PrevRole, "prevurl": PrevRole, "previousurl": PrevRole, "prevpageurl": PrevRole,
	"previouspageurl": PrevRole,
	"firstid":         FirstRole, "lastid": LastRole,
	"firstpageurl": FirstLink, "lastpageurl": LastLink, "firstlink": FirstLink, "lastlink": LastLink, "selflink": SelfLink,
}

// flagNames are what members that are true or false tell, beside those of factNames.
var flagNames = map[string]Role{"first": IsFirst, "last": IsLast, "empty": IsEmpty, "isfirst": IsFirst, "islast": IsLast}

// linkNames are what members of an object of links tell.
var linkNames = map[string]Role{
	"next": NextRole, "prev": PrevRole, "previous": PrevRole, "first": FirstLink, "last": LastLink, "self": SelfLink,
}

// HeaderRole is what a response header of that name tells of a list ("X-Total-Count"); "" for any other.
func HeaderRole(name string) Role {
	name = flat(name)
	if role, ok := factNames[name]; ok {
		return role
	}
	return factNames[strings.TrimPrefix(name, "x")]
}

// facts looks for members that tell of the list: at the top, beside the array, and in an object beside it ("meta").
func (l *Listing) facts(s *Schema, path []string) {
	for _, p := range s.AllProperties() {
		at := append(slices.Clone(path), p.Name)
		if slices.Equal(at, l.Path) {
			continue
		}
		if f, ok := l.factOf(p, path); ok {
			l.Facts = append(l.Facts, f...)
		} else if len(path) < 2 && len(p.Schema.AllProperties()) > 0 {
			l.facts(p.Schema, at)
		}
	}
}

// factOf is what a member of the object at path tells.
func (l *Listing) factOf(p Property, path []string) ([]Fact, bool) {
	at := append(slices.Clone(path), p.Name)
	name := flat(p.Name)
	if len(path) > 0 && flat(path[len(path)-1]) == "links" {
		role, ok := linkNames[name]
		if !ok {
			return nil, false
		}
		if role.fits(p.Schema) {
			return []Fact{{at, role, p.Schema, true}}, true
		}
		href := p.Schema.Property("href")
		if href == nil || !role.fits(href) {
			return nil, false
		}
		return []Fact{{append(at, "href"), role, href, true}}, true
	}
	role, ok := factNames[name]
	if flag, is := flagNames[name]; is && flag.fits(p.Schema) {
		role, ok = flag, true
	}
	if name == "number" && l.Page != nil { // of the page: Spring's name
		role, ok = PageRole, true
	}
	if name == "value" && len(path) > 0 && flat(path[len(path)-1]) == "total" { // {value, relation}: of search engines
		role, ok = TotalRole, true
	}
	if !ok || !role.fits(p.Schema) {
		return nil, false
	}
	link := strings.HasSuffix(name, "link") || strings.HasSuffix(name, "url")
	return []Fact{{at, role, p.Schema, link}}, true
}

// settle says what facts tell whose names mean one thing or another by those beside them: count beside next and previous is
// that of all pages, as Django REST framework has it; itemsPerPage beside startIndex is that of this page, and startIndex
// from 1 (OpenSearch, RFC 7644).
func (l *Listing) settle() {
	named := func(name string) int {
		return slices.IndexFunc(l.Facts, func(f Fact) bool { return flat(f.Path[len(f.Path)-1]) == name })
	}
	total := slices.ContainsFunc(l.Facts, func(f Fact) bool { return f.Role == TotalRole })
	if i := named("count"); i >= 0 && !total && named("next") >= 0 && named("previous") >= 0 {
		l.Facts[i].Role = TotalRole
	}
	if i := named("itemsperpage"); i >= 0 && named("startindex") >= 0 {
		l.Facts[i].Role = CountRole
		l.fromOne = l.Offset == nil || flat(l.Offset.Name) == "startindex"
	}
}

func (r Role) fits(s *Schema) bool {
	switch r {
	case MoreRole, IsFirst, IsLast, IsEmpty:
		return slices.Contains(s.Types, "boolean")
	case NextRole, PrevRole, FirstRole, LastRole:
		return (s.Allows("string") || s.Allows("integer")) && len(s.AllProperties()) == 0
	case SelfLink, FirstLink, LastLink:
		return s.Allows("string") && len(s.AllProperties()) == 0
	}
	return s.Allows("integer") && len(s.AllProperties()) == 0
}
