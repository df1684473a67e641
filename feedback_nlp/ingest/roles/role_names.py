"""The names that survey exports give to their columns, per role, best first; for names in `looks.folded` form.

Folded names are lower-case words without accents ("Número de cliente" -> "numero de cliente"). Beside English stand the
usual words of German, French, Spanish, Dutch, Italian and Portuguese exports. Each list is tried in order: what a
pattern finds goes before what the next one finds. A pattern has to match the whole name.
"""

_PERSON = r"(respondent|customer|user|client|member|person|patient|subscriber|requester|kunden|klant|client|cliente)"
_NUMBER = r"(id|ids|key|uuid|guid|no|nr|number|nummer|numero|code|codigo|codice)"
ID = (
    (
        r"(survey )?(response|answer|submission|comment|review|record|entry|feedback) ?(id|key|uuid|guid|token)"
        r"|antwort ?id|(id|identifiant) (de )?(la )?reponse|id (de |da )?(la )?(respuesta|resposta|risposta)"
        r"|antwoord ?id"
    ),
    r"id|uuid|guid",
    r"respondent ?id|(teilnehmer|befragten) ?id",
    r"(ticket|case|conversation|interaction|chat|call|message) ?(id|number|no|nr)",
    r"#|serial( (no|nr|number))?|(row|running|laufende) (no|nr|number|nummer)|lfd nr|token",
)
# names an answer rather than a response, where a column says which question each row answers
ANSWER_ID = r"(answer|comment) ?(id|key|uuid|guid)|antwort ?id"
RESPONDENT = (
    (
        rf"{_PERSON} ?{_NUMBER}|{_NUMBER} (del |do |da |de |du |klant |kunde )?{_PERSON}|kundennummer|klantnummer"
        rf"|kundennr"
    ),
    r"(contact|participant|panelist|recipient|account) ?(id|key|number|no)",
)
_RECOMMEND = (
    r"how likely\b.*\brecommend|would you recommend|likely (are|is|would|be)\b.*\brecommend"
    r"|likelihood\b.*\brecommend"
    r"|wie wahrscheinlich\b.*\bempf(eh|ieh)l|wurden sie\b.*\bempfehlen|weiterempfehl"
    r"|probabilite\b.*\brecommand|recommanderiez|recommandez vous|prob(abilidad|able)\b.*\brecomi?e?nd"
    r"|recomendarias?"
    r"|waarschijnlijk\b.*\b(aanbeve|aanraad|aanraden)|probabil[ei]\b.*\b(consigli|raccomand)|consiglierest?e?"
    r"|provavel\b.*\brecomend|probabilidade\b.*\brecomend"
)
_SCORE = (
    r"score|rating|stars?|star rating|grade|bewertung|punktzahl|punkte|note|nota|evaluation|puntuacion|puntaje"
    r"|calificacion|valoracion|cijfer|rapportcijfer|beoordeling|waardering|punteggio|voto|valutazione|pontuacao"
    r"|avaliacao"
)
_WHOLE = r"(overall|total|global|gesamt|globale|generale|complessiv[ao]|geral|general|algemeen|algemene)"
# short names with such a word; in a long question the word may stand for anything, unless the question asks for it
RATING = (
    r"(\w+ ){0,4}(csat|ces|dsat|effort|ease|easy|easiness|stars?|rate|rating|score|satisf\w*|dissatisf\w*"
    r"|insatisf\w*"
    r"|helpfulness|(un)?zufrieden\w*|kundenzufriedenheit|bewertung|aufwand|einfach|facilite|(on)?tevreden\w*"
    r"|beoordeling"
    r"|gemak|makkelijk|moeite|(in)?soddisf\w*|valutazione|facilita|sforzo|esfuerzo|facilidad\w*|valoracion"
    r"|calificacion"
    r"|puntuacion|esforco|avaliacao|pontuacao|evaluation)( \w+){0,4}"
    r"|.*\b(how (satisfied|easy|difficult|happy|helpful|would you rate|do you rate)|please rate|rate (your|our"
    r"|the|how)"
    r"|wie (zufrieden|einfach|leicht|bewerten)|(etes vous|est il) (satisfait|facile)|evaluez|tan (satisfech|facil"
    r"|dificil)\w*"
    r"|calificaria|valoraria|hoe (tevreden|makkelijk|gemakkelijk|beoordeelt?)|quanto (e |sei "
    r"|si ritiene )?(soddisfatt|facile)\w*"
    r"|come valut\w+|quao (satisfeit|facil)\w*|como avalia\w*|easy for (you|me) to)\b.*"
)
SCORE = (
    (
        r"((customer|relationship|relational|transactional|company) )?(e?nps|net promoter)( (score|rating|value"
        r"|answer|response))?"
        rf"|ltr|recommend(ation)? (score|rating)|.*\b({_RECOMMEND}).*"
    ),
    rf"({_WHOLE} ?)?({_SCORE})( {_WHOLE})?|overall( (satisfaction|experience))?|gesamtbewertung|gesamtnote",
    (
        r"(\w+ ){0,5}(nps|score|rating|stars|bewertung|puntuacion|puntaje|valoracion|calificacion|beoordeling"
        r"|punteggio"
        r"|valutazione|pontuacao|avaliacao)( \w+){0,5}"
    ),
    RATING,
)
# a column beside a score that holds something else: its group, its model's confidence, a count, a time
NOT_SCORE = (
    r".*\b(group|gruppe|groupe|grupo|category|bucket|segment|type|typ|label|ids?|counts?|numbers?|anzahl|date"
    r"|time|timestamp"
    r"|reason|comments?|text|weight|duration|url|topics?|language|version)"
    r"|.*\b(sentiment|polarity|confidence|probability|recaptcha|fraud|duplicate|credit|risk|lead)\b.*"
)
COMMENT = (
    (
        r"((customer|user|nps|score|survey|csat|satisfaction|rating) )?(comments?|verbatims?|feedback|reviews?"
        r"|reason|why)"
        r"|((free|review|open|comment|answer|response) )?(text|body)|kommentare?|begrundung|freitext|ruckmeldung"
        r"|anmerkung(en)?"
        r"|commentaires?|explications?|avis|comentarios?|opinion|explicacion|opmerking(en)?|toelichting"
        r"|comment[oi]|motivazione"
        r"|spiegazione|explicacao|observac(ao|oes)"
    ),
    (
        r".*\b(comments?|verbatims?|feedback|reviews?|reasons?|why|open (ended|text)|explain|describe|improve"
        r"|tell us|elaborate"
        r"|suggestions?|do better|anything else|kommentare?|begrund\w+|grund|warum|bemerkung(en)?|anmerkung(en)?"
        r"|ruckmeldung"
        r"|verbessern|vorschlage|commentaires?|raisons?|pourquoi|expliquez|remarques?|ameliorer|suggestion"
        r"|comentarios?|motivos?"
        r"|razon|por ?que|sugerencias?|mejorar|opmerking(en)?|toelichting|waarom|reden|verbeteren|comment[oi]"
        r"|motiv[oi]|perche"
        r"|suggeriment[oi]|migliorare|razao|sugestoes|melhorar)\b.*"
    ),
)
DATE = (
    (
        r"date|(response|survey|answer|submission|submit|completion|review|feedback) date|datum|fecha|data"
        r"|date (de )?(la )?(reponse|soumission|fin)|fecha (de )?(la )?(respuesta|envio)|data (di |de "
        r"|da )?(risposta|resposta|invio|envio)"
    ),
    (
        r".*\b(submitted|submit|completed|recorded|responded|answered|end|ended|enddatum|erfassungsdatum"
        r"|abgeschlossen|abgeschickt"
        r"|beantwortet|soumis|enviado|ingevuld)\b.*"
    ),
    (
        r".*\b(datetime|timestamp|created|published|posted|received|rated|zeitstempel|horodateur|marca temporal"
        r"|tijdstempel"
        r"|informazioni cronologiche|carimbo de data hora)\b.*"
    ),
    r".*\b(date|datum|fecha)\b.*",
)
NOT_DATE = (
    r".*\b(birth\w*|dob|geburts\w*|naissance|nacimiento|nascita|nascimento|geboorte\w*|expir\w*|due|updated"
    r"|modified)\b.*"
)
_SEGMENT = (
    r"channel|touch ?point|agent|advis[eo]r|representative|rep|assignee|operator|product|service|brand|region"
    r"|country|city"
    r"|market|territory|store|branch|outlet|site|department|division|business unit|team|group|queue|plan|tier"
    r"|package"
    r"|subscription|segment|industry|sector|vertical|company size|language|locale|device|platform"
    r"|kanal|kundengruppe|kundensegment|kundentyp|produkt|land|filiale|standort|abteilung|bereich|tarif|vertrag"
    r"|branche|sprache"
    r"|berater|marke|canal|conseiller|produit|pays|magasin|agence|equipe|departement|forfait|langue|marque|secteur"
    r"|agente|producto|pais|tienda|sucursal|equipo|departamento|idioma|segmento|marca|kanaal|medewerker|regio"
    r"|winkel|filiaal"
    r"|afdeling|abonnement|taal|merk|klantgroep|klantsegment|canale|operatore|prodotto|regione|paese|negozio"
    r"|reparto"
    r"|lingua|marchio|settore|produto|regiao|loja|equipa|plano|setor"
)
_KIND = r"(name|type|group|category|line|family|segment|tier|code|id|area|tiername|level)"
SEGMENT = (
    rf"((customer|client|user|account|contact|sales|support|survey|ticket|case|home|billing|purchase"
    rf"|origin) )?({_SEGMENT})( {_KIND})?( \d)?"
    rf"|(customer|client|user|account|member|passenger|guest|patient|respondent) (group|segment|type|tier|category"
    rf"|class|cohort)"
)
