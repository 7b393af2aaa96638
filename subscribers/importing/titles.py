"""The titles of columns of addresses and names, in many languages.

Titles are compared folded: without case, accents, spaces and signs.
"""

from __future__ import annotations

from collections.abc import Mapping

from subscribers.exports.words import fold_text, fold_words

SPELLINGS: Mapping[str, frozenset[str]] = {
    "email": frozenset(
        fold_words(
            # English, and what programs write
            "email emails e-mail email_address e-mail_address emailaddress email_addresses mail "
            "mail_address mailaddress primary_email primary_email_address work_email home_email "
            "personal_email business_email user_email user_email_address subscriber_email "
            "subscriber_email_address contact_email customer_email member_email recipient_email "
            "reader_email recipient recipients email_id emailid email1 e-mail1 email1value "
            "e-mail_1_-_value e-mail_1 email_1 internet_address smtp_address your_email "
            "your_email_address billing_email mail_id e-mail_id address_email email_addr "
            # German, Dutch, Scandinavian
            "e-mail-adresse emailadresse mailadresse mail-adresse e-mail_adresse e-mailadresse "
            "elektronische_post e-mailadres emailadres mailadres e-post epost e-postadress "
            "epostadress e-postadresse epostadresse mejl mejladress mailadresse netfang "
            "tölvupóstur sähköposti sähköpostiosoite sposti e-postiaadress eposti meil "
            # French, Spanish, Portuguese, Italian, Romanian, Catalan
            "adresse_e-mail adresse_email adresse_mail adresse_électronique adresse_de_messagerie "
            "adresse_courriel courriel adresse_de_courriel courrier_électronique mél mel "
            "correo_electrónico correo correo_e dirección_de_correo_electrónico "
            "dirección_de_correo dirección_de_email dirección_email dirección_electrónica "
            "correo_electrònic adreça_electrònica endereço_de_e-mail endereço_de_email "
            "endereço_eletrônico endereço_eletrónico correio_eletrônico correio_eletrónico "
            "correio indirizzo_e-mail indirizzo_email indirizzo_mail indirizzo_di_posta_elettronica "
            "posta_elettronica posta adresă_de_e-mail adresă_email adresa_de_email adresa_email "
            "poștă_electronică "
            # Slavic, Baltic, Hungarian, Greek, Turkish
            "adres_e-mail adres_email adres_mail adres_mailowy adres_poczty_elektronicznej poczta "
            "poczta_elektroniczna e-mailová_adresa emailová_adresa e-mailový_kontakt "
            "elektronická_pošta e-pošta e-naslov e-poštni_naslov e-adresa elektronska_pošta "
            "e-pasts epasts e-pasta_adrese el._paštas elpaštas elektroninis_paštas "
            "el._pašto_adresas e-mail_cím email_cím e-mail_címek drótposta "
            "ηλεκτρονικό_ταχυδρομείο ηλ._ταχυδρομείο διεύθυνση_ηλεκτρονικού_ταχυδρομείου "
            "διεύθυνση_email e-posta eposta e-posta_adresi eposta_adresi mail_adresi "
            "почта электронная_почта эл._почта эл._адрес электронный_адрес "
            "адрес_электронной_почты адрес_почты имейл емейл имэйл емэйл мейл мэйл е-мейл "
            "имейл_адрес електронна_пошта електронна_адреса адреса_електронної_пошти пошта "
            "е-пошта ел._поща електронна_поща имейл_адрес е-маил "
            # Arabic, Hebrew, Persian, Indian, South-East Asian
            "البريد_الإلكتروني البريد_الالكتروني بريد_إلكتروني عنوان_البريد_الإلكتروني الايميل "
            "الإيميل إيميل ايميل דואל דואר_אלקטרוני כתובת_דואל כתובת_דואר_אלקטרוני "
            "אימייל מייל כתובת_מייל ایمیل پست_الکترونیک ईमेल ई-मेल ईमेल_पता ইমেইল மின்னஞ்சல் "
            "อีเมล อีเมล์ ที่อยู่อีเมล thư_điện_tử địa_chỉ_email địa_chỉ_thư_điện_tử surel "
            "alamat_email alamat_surel alamat_e-mel e-mel emel "
            # Japanese, Chinese, Korean
            "eメール eメールアドレス e-メール メール メールアドレス 電子メール 電子メールアドレス メアド "
            "メールアドレス1 メアド1 送信先 送信先アドレス 宛先 配信先 配信先アドレス 配信アドレス 読者メールアドレス "
            "pcメール pcメールアドレス 携帯メール 携帯メールアドレス emailアドレス mailアドレス e-mailアドレス "
            "邮箱 电子邮箱 邮箱地址 电子邮件 电子邮件地址 邮件 邮件地址 电邮 电邮地址 邮箱账号 联系邮箱 "
            "郵箱 電子郵箱 電子郵件 電子郵件地址 電子信箱 電郵 電郵地址 信箱 郵件 郵件地址 "
            "이메일 이메일주소 이메일_주소 전자우편 전자메일 메일 메일주소 메일_주소"
        )
    ),
    "name": frozenset(
        fold_words(
            "name full_name fullname display_name displayname contact_name customer_name "
            "subscriber_name user_name username member_name reader_name your_name real_name "
            "recipient_name names name_full "
            "vollständiger_name namen naam volledige_naam namn fullständigt_namn navn fulde_navn "
            "fullt_navn nimi koko_nimi täisnimi nom_complet nom_et_prénom prénom_et_nom "
            "nombre_completo nombre_y_apellidos nombre_y_apellido nombres_y_apellidos "
            "nome_completo nome_e_cognome nominativo nume_complet nume_și_prenume "
            "imię_i_nazwisko pełne_imię celé_jméno jméno_a_příjmení meno_a_priezvisko "
            "ime_in_priimek ime_i_prezime teljes_név név ονοματεπώνυμο ad_soyad adı_soyadı isim "
            "имя_и_фамилия фио ф.и.о. полное_имя піб повне_ім'я "
            "الاسم الاسم_الكامل שם שם_מלא نام_و_نام_خانوادگی नाम पूरा_नाम ชื่อ-นามสกุล họ_tên "
            "họ_và_tên nama nama_lengkap "
            "名前 お名前 氏名 ご氏名 姓名 会員名 お客様名 読者名 全名 名称 联系人 聯絡人 이름 성명 성함"
        )
    ),
    "first_name": frozenset(
        fold_words(
            "first_name firstname given_name givenname forename fname f_name first christian_name "
            "vorname voornaam förnamn fornavn etunimi eesnimi prénom prenom prénoms primer_nombre "
            "nombre nombre_de_pila nom_de_pila primeiro_nome primo_nome prenume imię imie jméno "
            "křestní_jméno meno ime vardas vārds keresztnév utónév όνομα adı ad isminiz имя ім'я "
            "име الاسم_الأول שם_פרטי نام ชื่อ tên nama_depan 名 名字 下の名前 ファーストネーム 名_名前"
        )
    ),
    "last_name": frozenset(
        fold_words(
            "last_name lastname family_name familyname surname lname l_name last second_name "
            "nachname familienname achternaam efternamn etternavn efternavn sukunimi perekonnanimi "
            "nom_de_famille apellido apellidos cognom cognome sobrenome apelido último_nome "
            "ultimo_nome nume_de_familie nazwisko příjmení priezvisko priimek prezime pavardė "
            "uzvārds vezetéknév családnév επώνυμο επίθετο soyad soyadı soyisim фамилия прізвище "
            "фамилно_име اسم_العائلة اللقب שם_משפחה نام_خانوادگی นามสกุล họ nama_belakang "
            "姓 苗字 名字 姓氏 ラストネーム 성"
        )
    ),
    "language": frozenset(
        fold_words(
            "language languages lang locale preferred_language preferred_lang contact_language "
            "subscriber_language language_code lang_code sprache bevorzugte_sprache sprachcode taal "
            "språk sprog kieli keel langue langue_préférée idioma idioma_preferido lingua "
            "lingua_preferita língua limbă limba język jazyk jezik nyelv kalba valoda dil γλώσσα "
            "язык язык_общения мова език اللغة שפה زبان भाषा ภาษา ngôn_ngữ bahasa "
            "言語 使用言語 希望言語 语言 語言 语种 언어 사용_언어"
        )
    ),
}
#: `Nom` is the family name beside `Prénom`, and the whole name without it; so are these.
WHOLE_OR_LAST = frozenset(fold_words("nom nome nume név namn navn naam nimi име ime nom_usuel"))
#: And these are the first name beside a family name, and the whole name without one.
WHOLE_OR_FIRST = frozenset(
    fold_words("nombre nome imię jméno meno ime име имя ім'я adı ad ชื่อ tên 이름 名 nama")
)
#: Titles of family names that stand in front of the given name.
FAMILY_FIRST = frozenset(fold_words("姓 苗字 名字 姓氏 성 họ vezetéknév családnév"))
#: Words by which an encoding shows that it is the right one: titles as they are written.
TITLE_WORDS = frozenset(
    title for spellings in SPELLINGS.values() for title in spellings if not title.isascii()
) | frozenset(
    fold_words(
        "状態 ステータス 状态 상태 статус город телефон 电话 電話 会社名 都市 城市 地址 住所"
    )
)


def kind_of(title: str) -> str:
    """Return the kind of a column with that title, a key of `SPELLINGS`; empty for others."""
    folded = fold_text(title)
    return next((kind for kind, spellings in SPELLINGS.items() if folded in spellings), "")
