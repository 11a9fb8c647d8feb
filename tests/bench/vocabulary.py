"""Words of which made-up citations are composed: nothing in them is anybody's text."""

from __future__ import annotations

from itertools import product


def _listed(text: str, separator: str | None = None) -> list[str]:
    return text.split(separator)


TREATMENTS = _listed(
    "naltrexone ketamine duloxetine pregabalin amitriptyline melatonin probiotics curcumin "
    "mindfulness acupuncture yoga exercise hypnosis telerehabilitation biofeedback massage "
    "metformin semaglutide rituximab tocilizumab colchicine prednisone simvastatin ramipril "
    "vitamin-D magnesium zinc omega-3 lithium lamotrigine psilocybin cannabidiol methadone "
    "buprenorphine neurofeedback physiotherapy electroacupuncture radiotherapy laparoscopy "
    "gabapentin venlafaxine bupropion citalopram losartan warfarin apixaban insulin liraglutide"
)
TREATMENTS += [
    f"{head}{middle}{end}"
    for head, middle, end in product(
        _listed("al be car do fe gli ho ibu ke lu mi nu"),
        _listed("ra lo ti vu xe za"),
        _listed("mab nib pril statin sartan zole mycin vir"),
    )
]
CONDITIONS = _listed(
    "fibromyalgia depression migraine epilepsy asthma psoriasis sepsis stroke dementia obesity "
    "osteoarthritis sarcopenia endometriosis pre-eclampsia anaemia hypertension insomnia autism "
    "schizophrenia delirium neuropathy sciatica tinnitus glaucoma keratoconus gingivitis COPD "
    "tuberculosis malaria hepatitis-C influenza COVID-19 appendicitis pancreatitis cirrhosis "
    "lymphoma glioblastoma melanoma osteoporosis gout lupus sarcoidosis colitis Crohn's-disease"
)
OUTCOMES = _listed(
    "pain fatigue sleep mortality cognition mobility adherence relapse remission readmission "
    "inflammation bone-density blood-pressure weight-loss lung-function quality-of-life anxiety "
    "disability falls nausea recovery survival costs working-memory gait balance swallowing "
    "interleukin-6 C-reactive-protein cortisol ferritin haemoglobin TNF-α β-amyloid γ-globulin"
)
PEOPLE = _listed(
    "adults children adolescents women men veterans nurses athletes students pregnant-women "
    "older-adults caregivers infants twins smokers refugees farmers firefighters survivors"
)
PLACES = _listed(
    "Denmark Kenya Brazil Japan Canada Norway Peru Ghana Vietnam Portugal Nepal Chile Scotland "
    "Ontario Queensland Bavaria Tuscany Catalonia Gujarat Henan Anatolia Quebec Lagos Oslo"
)
DESIGNS = _listed(
    "a randomised controlled trial|a cohort study|a case series|a cross-sectional study|"
    "a systematic review and meta-analysis|a feasibility study|a qualitative study|"
    "a double-blind, placebo-controlled trial|a registry-based study|a secondary analysis|"
    "results of a pilot study|a mixed-methods evaluation|a 12-month prospective study",
    "|",
)
TITLES = (
    "{treatment} for {outcome} in {people} with {condition}: {design}",
    "Effect of {treatment} on {outcome} among {people} in {place}",
    "{outcome} and {other_outcome} after {treatment} in {condition}",
    "Does {treatment} improve {outcome} in {condition}? {design} from {place}",
    "{condition} and {other_condition} in {people}: {design}",
    "Association between {outcome} and {condition} in {people} from {place}",
    "Comparison of {treatment} and {other_treatment} in {people} with {condition}",
    "The role of {outcome} in {condition}: lessons from {place}",
    "Predictors of {outcome} in {people} treated with {treatment} for {condition}",
    "{treatment} versus {other_treatment} for {condition}-related {outcome}: {design}",
)
FAMILIES = _listed(
    "Younger Bruun Christensen Mackey Noor McCue Parkitny Li Wang Zhang Kim Nguyen Okafor Mensah "
    "García-López Müller Szczęsny Ødegård O'Neill van-der-Berg de-la-Cruz Santos-Torres Rossi "
    "Dubois Lefèvre Novák Ivanova Kowalska Petrović Andersson Virtanen Yılmaz Haddad Cohen Singh "
    "Patel Gupta Tanaka Suzuki Yamamoto Park Chen Liu Huang Silva Oliveira Fernández Björk Schmidt "
    "Weber Keller Baker Carter Evans Hughes Murphy Walsh Fraser Campbell Stewart Brown Clarke"
)
FAMILIES += [
    f"{head}{middle}{end}"
    for head, middle, end in product(
        _listed("Al Ber Cas Dor El Fis Gar Hal Iv Jor Kov Lam Mor Nak Os Per Ros Sal Tor Ul Vas"),
        _listed("a e i o u an en in or us"),
        _listed("berg ton sen ez ini ova ski mura das ridge"),
    )
]
GIVEN = _listed(
    "Ana Bo Chen Dara Eva Femi Gita Hugo Ines Jun Karin Luca Mei Noor Olga Pia Quinn Rosa Sven "
    "Uma Vera Wim Xin Yara Zoe Robin Sean Jarred Rebecca"
)
# Name and what a vendor shortens it to.
JOURNALS = (
    ("Journal of Pain Practice", "J Pain Pract"),
    ("European Journal of Pain Practice", "Eur J Pain Pract"),
    ("Annals of Clinical Rehabilitation", "Ann Clin Rehabil"),
    ("The Northern Medical Review", "North Med Rev"),
    ("International Journal of Sleep and Cognition", "Int J Sleep Cogn"),
    ("Archives of Public Health Nursing", "Arch Public Health Nurs"),
    ("Scandinavian Acta of Neurology", "Scand Acta Neurol"),
    ("British Letters of Medicine", "Br Lett Med"),
    ("Revista Latina de Medicina", "Rev Lat Med"),
    ("Zeitschrift für Klinische Forschung", "Z Klin Forsch"),
    ("Trials and Methods", "Trials Methods"),
    ("Open Data Medicine", "Open Data Med"),
    ("Critical Care Reports", "Crit Care Rep"),
    ("Psychological Practice", "Psychol Pract"),
    ("Proceedings of the Academy of Ageing Sciences", "Proc Acad Ageing Sci"),
    ("Molecular Inflammation Research", "Mol Inflamm Res"),
)
SENTENCES = (
    "We studied {outcome} in {n} {people} with {condition}.",
    "Participants from {place} received {treatment} or {other_treatment} for {n} weeks.",
    "The mean change in {outcome} was {n}.{m} points (95% CI {m}.{n} to {n}.{n}).",
    "{treatment} was associated with less {other_outcome} (p = 0.0{m}).",
    "No difference in {outcome} was seen between {people} and others.",
    "Of {n} eligible {people}, {m} completed the follow-up at {n} months.",
    "Adverse events occurred in {m} of {n} and were mild.",
    "Secondary outcomes were {outcome}, {other_outcome} and costs in {place}.",
    "These findings suggest that {treatment} may help {people} with {condition}.",
    "Larger trials in {condition} and {other_condition} are needed.",
    "Data were analysed with mixed models adjusted for {other_outcome} and age ≥ {n}.",
)
