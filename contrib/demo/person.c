#include "contrib/demo/person.h"

#include <stdio.h>
#include <string.h>

#include "contrib/demo/draw.h"
#include "contrib/demo/kinds.h"

struct word {
	const char *name, *plain;   /* as written, and as in an e-mail address */
};

static const struct word firsts[] = {
	{ "Camille", "camille" }, { "Léa", "lea" }, { "Chloé", "chloe" }, { "Zoé", "zoe" },
	{ "Inès", "ines" }, { "Hugo", "hugo" }, { "Théo", "theo" }, { "Raphaël", "raphael" },
	{ "Maël", "mael" }, { "Anaïs", "anais" }, { "François", "francois" }, { "Hélène", "helene" },
	{ "Benoît", "benoit" }, { "Aurélie", "aurelie" }, { "Julien", "julien" },
	{ "Margaux", "margaux" }, { "Noé", "noe" }, { "Éloïse", "eloise" }, { "Anna", "anna" },
	{ "Lukas", "lukas" }, { "Jürgen", "juergen" }, { "Käthe", "kaethe" }, { "Sören", "soeren" },
	{ "Greta", "greta" }, { "Matthias", "matthias" }, { "Heike", "heike" }, { "Björn", "bjoern" },
	{ "María", "maria" }, { "José", "jose" }, { "Lucía", "lucia" }, { "Álvaro", "alvaro" },
	{ "Íñigo", "inigo" }, { "Begoña", "begona" }, { "Martín", "martin" }, { "Sofía", "sofia" },
	{ "Pilar", "pilar" }, { "Giulia", "giulia" }, { "Matteo", "matteo" }, { "Niccolò", "niccolo" },
	{ "Chiara", "chiara" }, { "Alessia", "alessia" }, { "Lorenzo", "lorenzo" },
	{ "Beatrice", "beatrice" }, { "João", "joao" }, { "Inês", "ines" }, { "Gonçalo", "goncalo" },
	{ "Beatriz", "beatriz" }, { "Tomás", "tomas" }, { "Zofia", "zofia" }, { "Paweł", "pawel" },
	{ "Łukasz", "lukasz" }, { "Małgorzata", "malgorzata" }, { "Wojciech", "wojciech" },
	{ "Agnieszka", "agnieszka" }, { "Jiří", "jiri" }, { "Tereza", "tereza" }, { "Sanne", "sanne" },
	{ "Daan", "daan" }, { "Femke", "femke" }, { "Joris", "joris" }, { "Anouk", "anouk" },
	{ "Åsa", "asa" }, { "Lars", "lars" }, { "Freja", "freja" }, { "Øyvind", "oyvind" },
	{ "Ingrid", "ingrid" }, { "Aoife", "aoife" }, { "Sean", "sean" }, { "Emily", "emily" },
	{ "Oliver", "oliver" }, { "Grace", "grace" }, { "Yasmine", "yasmine" }, { "Karim", "karim" },
	{ "Leïla", "leila" }, { "Omar", "omar" }, { "Nadia", "nadia" }, { "Mehmet", "mehmet" },
	{ "Ayşe", "ayse" }, { "Emre", "emre" }, { "Gül", "gul" }, { "Linh", "linh" },
	{ "Minh", "minh" }, { "Thuỷ", "thuy" }, { "Aminata", "aminata" }, { "Moussa", "moussa" },
	{ "Fatou", "fatou" }, { "Ibrahima", "ibrahima" }, { "Elena", "elena" }, { "Andrei", "andrei" },
	{ "Ștefan", "stefan" }, { "Ioana", "ioana" }, { "Dimitra", "dimitra" }, { "Nikos", "nikos" },
	{ "Haruka", "haruka" }, { "Kenji", "kenji" }, { "Mei", "mei" },
};

static const struct word lasts[] = {
	{ "Martin", "martin" }, { "Bernard", "bernard" }, { "Petit", "petit" },
	{ "Lefèvre", "lefevre" }, { "Moreau", "moreau" }, { "Girard", "girard" },
	{ "Mercier", "mercier" }, { "Faure", "faure" }, { "Guérin", "guerin" },
	{ "Chevalier", "chevalier" }, { "Le Goff", "legoff" }, { "Caron", "caron" },
	{ "Perrot", "perrot" }, { "Hébert", "hebert" }, { "Dumas", "dumas" }, { "Renaud", "renaud" },
	{ "d’Aubigny", "daubigny" }, { "Vasseur", "vasseur" }, { "Boyer", "boyer" },
	{ "Colin", "colin" }, { "Müller", "mueller" }, { "Schäfer", "schaefer" }, { "Groß", "gross" },
	{ "Vogel", "vogel" }, { "Krüger", "krueger" }, { "Weiß", "weiss" }, { "Brandt", "brandt" },
	{ "Zimmermann", "zimmermann" }, { "García", "garcia" }, { "Núñez", "nunez" },
	{ "Muñoz", "munoz" }, { "Ibáñez", "ibanez" }, { "Romero", "romero" }, { "Ortega", "ortega" },
	{ "Peña", "pena" }, { "Serrano", "serrano" }, { "Rossi", "rossi" }, { "Bianchi", "bianchi" },
	{ "Ferraro", "ferraro" }, { "Conti", "conti" }, { "Marchetti", "marchetti" },
	{ "D'Angelo", "dangelo" }, { "Rinaldi", "rinaldi" }, { "Greco", "greco" },
	{ "Araújo", "araujo" }, { "Conceição", "conceicao" }, { "Magalhães", "magalhaes" },
	{ "Pinto", "pinto" }, { "Wójcik", "wojcik" }, { "Kamiński", "kaminski" },
	{ "Dąbrowska", "dabrowska" }, { "Zając", "zajac" }, { "Novák", "novak" },
	{ "Dvořák", "dvorak" }, { "Horáková", "horakova" }, { "Szabó", "szabo" },
	{ "de Vries", "devries" }, { "Jansen", "jansen" }, { "van Dijk", "vandijk" },
	{ "Peeters", "peeters" }, { "Claes", "claes" }, { "Lindqvist", "lindqvist" },
	{ "Sørensen", "sorensen" }, { "Åkesson", "akesson" }, { "Haugen", "haugen" },
	{ "Virtanen", "virtanen" }, { "O'Brien", "obrien" }, { "Murphy", "murphy" },
	{ "Hughes", "hughes" }, { "Campbell", "campbell" }, { "Wright", "wright" },
	{ "Bennett", "bennett" }, { "Benali", "benali" }, { "Haddad", "haddad" },
	{ "El Amrani", "elamrani" }, { "Mansouri", "mansouri" }, { "Yılmaz", "yilmaz" },
	{ "Öztürk", "ozturk" }, { "Çelik", "celik" }, { "Nguyễn", "nguyen" }, { "Trần", "tran" },
	{ "Lê", "le" }, { "Diallo", "diallo" }, { "Traoré", "traore" }, { "Ndiaye", "ndiaye" },
	{ "Mensah", "mensah" }, { "Popescu", "popescu" }, { "Ionescu", "ionescu" },
	{ "Petrov", "petrov" }, { "Kovačević", "kovacevic" }, { "Papadakis", "papadakis" },
	{ "Suzuki", "suzuki" }, { "Wang", "wang" }, { "Kaur", "kaur" }, { "Sharma", "sharma" },
	{ "Silva", "silva" },
};

/* Six blocks of 10,000 numbers that Arcep's numbering plan keeps for films and books. */
static const char *const fiction[] = {
	"+3363998", "+3319900", "+3326191", "+3335301", "+3346571", "+3353649",
};

static bool moved_in(uint64_t seed, uint32_t member)
{
	struct draw draw = draw_stream(seed, DRAW_HOUSEHOLD, member);

	return member > 1 && draw_chance(&draw, 1.0 / 120);
}

uint32_t person_household(uint64_t seed, uint32_t member)
{
	return moved_in(seed, member) && !moved_in(seed, member - 1) ? member - 1 : member;
}

void person_make(uint64_t seed, uint32_t member, struct person *person)
{
	uint32_t head = person_household(seed, member);
	struct draw mine = draw_stream(seed, DRAW_PERSON, member);
	struct draw theirs = draw_stream(seed, DRAW_PERSON, head);
	const struct word *first = &firsts[draw_below(&mine, sizeof firsts / sizeof firsts[0])];
	const struct word *head_first = &firsts[draw_below(&theirs, sizeof firsts / sizeof firsts[0])];
	const struct word *last = &lasts[draw_below(&theirs, sizeof lasts / sizeof lasts[0])];
	uint32_t number = (member * 37u) % 60000u;   /* no common factor: each number once a round */

	snprintf(person->name, sizeof person->name, "%s %s", first->name, last->name);
	snprintf(person->email, sizeof person->email, "%s.%s.%u@example.test", head_first->plain,
		last->plain, head);
	person->phone[0] = '\0';
	draw_next(&mine);
	if (draw_chance(&mine, 0.75))
		snprintf(person->phone, sizeof person->phone, "%s%04u", fiction[number / 10000u],
			number % 10000u);
}
