"""What citizens call things: Indonesian as it is typed, Sundanese, Javanese of Serang, English."""

from __future__ import annotations

from parsers.lexicon import Sense

PAID = Sense(
    "bayar dibayar terbayar kubayar kebayar bayarkan dibayarkan bayarin dibayarin bayaran bayarnya membayar byr dbyr dibyr byar bayr",
    "pembayaran pembayarannya pembyr pemb pembyran pembayran lunas* dilunas* melunas* terlunas* pelunasan* nglunas*",
    "setor* disetor* nyetor* menyetor* penyetoran mayar* dibayar* mbayar* bayaraken dibayaraken tukubayar",
    "transfer* ditransfer* mentransfer* nransfer* neransfer* ketransfer* tf trf trfs tfr tfd ditf ditrf ketf kutransfer kutf tranfer* trnsfer*",
    "kirim_ke_bank kirim_ke_rek kirim_ke_rekening kirim_uang kirim_duit kirim_dana sudah_dikirim sdh_dikirim udah_dikirim dikirim_ke isi settled settle paid pay payment cicil* nyicil dicicil angsur* ngangsur diangsur",
    "scan didebet terdebet terpotong bayarnipun",
)
"""Speaks of paying."""
DONE = Sense(
    "sudah sdh sudh udah udh dah tlh telah uda ud sampun uwis wis wes tos atos parantos geus enggeus already have has lunas* dilunas* berhasil",
    "sukses successful success succeeded tadi td kemarin kmrn kmaren barusan baru_saja baru_aja brusan beres selesai completed just",
)
"""It is done."""
TALKS_OF_DUE = Sense("jatuh_tempo tempo denda batas tagihan* masa berlaku cek info due")
"""Speaks of what is owed and until when."""
ASKS = Sense("berapa* brp* brapa brpa how_much pira piro pinten sabaraha")
"""Asks for a sum."""
ASKS_WHETHER = Sense(
    "apakah apa_sudah apa_udah apa_sdh lunas_belum lunas_blm lunas_blom masuk_belum masuk_blm udah_lunas_apa has_my is_my did_my tos_lunas_teu"
)
"""Asks whether something is so."""
NOT_TOLD = Sense(
    "kapan bagaimana gimana gmn dimana di_mana kenapa knp kunaon naha when where why what_is iraha kumaha cara caranya piye how"
)
"""Asks for something else."""
DUE = Sense("tempo jatem rincian* rinci detail denda tunggakan nominal* total* jumlah* due owed owe")
"""Speaks of what is owed and until when."""
NOT_OWED = Sense(
    "bukan salah batalkan dibatalkan hapus dihapus tipu ditipu penipuan dicuri hilang kemalingan parkir* parkirnya nabrak tabrak menabrak tabrakan ngebut dijual jual lapor komplain protes double dobel palsu"
)
"""Says that something is wrong with it, or speaks of the car and not of its tax."""
LAPSED = Sense("expired expire kadaluarsa kedaluarsa kadaluwarsa kedaluwarsa kadaluwasa hangus")
"""A code is no longer valid."""
TAX = Sense(
    "tagihan* tghn pajak* pajek pajeg pajegna pjk retribusi* pkb skrd skpd strd bbnkb samsat nopol plat tunggakan denda bill* utang taxes tax stnk kendaraan"
)
"""Speaks of what this province bills."""
CHECKS = Sense(
    "cek check liat lihat tanya nanya tau tahu minta mohon_info info kena total jumlah besar besarnya nominal ada punya tunggakan nunggak naros ningali"
)
"""Wants to see."""
OTHER_BILL = Sense(
    "pdam pln listrik air kos kosan kost kontrakan arisan panci hutang utang spp sekolah telkom indihome wifi bpjs kredit pinjaman makan* parkir* galon",
    "gas netflix kas_rt iuran ojek ojol bakso shopee* cod paket tilang etle tokopedia lazada belanjaan laundry pulsa token kasbon patungan futsal sumbangan",
    "gaji* gajian barang barangnya pesanan* orderan* ongkir* ongkirnya mama temen teman belanja hafalan data pemain janji janjiku invoice_tokopedia supplier kuliah ukt seragam",
    "zakat infak sedekah kurban dp cicilan_motor cicilan_rumah cicilan_hp cicilan_mobil kartu_kredit tol bensin sewa_rumah uang_kas kondangan les kursus",
)
"""Speaks of somebody else's bill."""
GRUMBLES = Sense(
    "rusak bolong berlubang rakyat percuma korupsi dikorupsi pungli mahal susah ribet kapok naik macet banjir tiap_tahun buat_apa terima_kasih_sudah terima_kasih_telah makasih_sudah makasih_udah"
)
"""Speaks of taxes in general, or thanks those who pay them."""
CANCEL = Sense(
    "batal* dibatal* kubatal* ngabatal* ngebatal* dibatalaken dicancel dihapus hapus* dibolaykeun narik menarik batalin dibatalin membatalkan pembatalan cabut* dicabut mencabut pencabutan menarik_kembali nyabut tarik ditarik cancel* withdraw* bolay* dibolay* urung* diurungkan",
    "ga_jd gak_jd tdk_jd gajd ga_jadi gak_jadi tidak_jadi nggak_jadi ngga_jadi tdk_jadi gajadi teu_janten ora_sida",
)
"""Takes back."""
APPLICATION = Sense(
    "permohonan* pengajuan* izin* ijin* berkas* application* permit* perizinan surat siup tdp imb ho situ nib rptka imta kitas pendaftaran"
)
"""Speaks of what was applied for."""
STATUS = Sense(
    "status* perkembangan* progres* sampai_mana sampe_mana nyampe_mana sampai_dimana sampe_dimana udah_jadi sudah_jadi sdh_jadi kapan_jadi kapan_selesai kapan_beres kapan_terbit",
    "kapan_keluar sudah_keluar udah_keluar sdh_keluar keluar_belum keluar_blm tahap* proses* diproses kelanjutan* nasib* terbit update kabar* dugi_ka_mana tekan_endi selesai beres rengse ready how_far dados janten jadi_belum",
    "gimana_permohonan gimana_izin gimana_pengajuan gimana_berkas bagaimana_permohonan bagaimana_izin bagaimana_pengajuan gmn_permohonan gmn_izin gmn_pengajuan kumaha_permohonan kumaha_izin disetujui di_acc acc approved rampung tos_acan lama",
)
"""Asks how far it is."""
REMINDER = Sense(
    "pengingat* reminder* ingatkan diingatkan ingetin diingetin notif* peringatan sms sms_an smsan texting texts message messages pemberitahuan langganan berlangganan subscri* remind* pangeling* ngingetan",
    "pesan",
)
"""Speaks of reminders, or of the texts we send."""
OFF = Sense(
    "ulah stop stopin setop berhenti* hentikan brenti* brhenti matikan matiin dimatikan nonaktif* non_aktif non_aktifkan jangan jgn jngn ga_usah gak_usah nggak_usah gausah tidak_perlu tidak_usah",
    "tidak_mau tidak_ingin tdk_perlu tdk_usah tdk_mau ga_mau gak_mau ga_perlu gak_perlu ngga_mau unsubscribe unreg off turn_off no_more don't do_not tutup cabut teu_kedah teu_hoyong ojo putuskan eureun*",
    "terganggu mengganggu dihentikan dimatiin dimatikan distop disetop distopin dinonaktif* berhentiin brentiin brentikan brentiken mboten_usah boten_usah ora_usah teu_kudu cukup",
)
"""Wants no more."""
ON = Sense(
    "hidupkan hidupin aktif aktifkan aktifin diaktifkan nyalakan nyalain mulai start turn_on daftar* mau minta pengen ingin kirim* tolong pasang activate enable on lagi subscribe remind",
    "hurungkeun hoyong pengin dong biar again bisa",
)
"""Wants it on."""
REMIND_ME = Sense(
    "pengingat* reminder* diingatkan ingatkan ingetin diingetin notif* remind* langganan berlangganan pangeling*"
)
"""Speaks of reminders proper."""
DOCUMENT = Sense(
    "dokumen* surat surat_surat surat2 izin* ijin* permit permits document documents siup tdp kitas imta imb nib stnk situ hgb rptka api"
)
"""Speaks of documents that expire."""
EXPIRES = Sense(
    "habis* abis* jatuh_tempo masa_berlaku* berlaku* kadaluarsa kedaluwarsa kadaluwarsa expire expired expires expiring expiry tempo mati deadline due jatem diperpanjang perpanjang* apa_saja",
    "punya daftar list milik seep beak entek",
)
"""Speaks of an end."""
ENDS = Sense(
    "habis* abis* tempo berlaku* kadaluarsa kedaluwarsa kadaluwarsa kadaluwasa expire expired expires expiring expiry due seep beak entek mati masa_berlaku*"
)
"""Speaks of an end and of nothing else."""
HISTORY = Sense(
    "riwayat* histori* history rekam_jejak transaksi_saya_sebelumnya past_transactions past_applications previous_transactions my_transactions",
    "permohonan_saya_sebelumnya pengajuan_saya_sebelumnya transaksi_saya transaksi_sy transaksi_abdi transaksiku",
)
"""Asks what was done before."""
SERVICE = Sense("layanan* pelayanan* service services palayanan")
"""Speaks of services."""
LISTS = Sense(
    "apa tau tahu daftar list ada tersedia semua saja aja lihat what which available dong minta jenis naon apaan wae tulung opo sampeyan macam"
)
"""Asks for a list."""
REGISTER = Sense(
    "daftar daftarkan daftarin mendaftar mendaftarkan ndaftar daptar ngadaptar registrasi register registration reg didaftar* pendaftaran ndaftarke sign_up signup"
)
"""Speaks of registering."""
OTHER_LIST = Sense(
    "hadir kehadiran pustaka hitam pemain nilai antrean antrian paspor isi belanja harga menu tunggu pemilih riwayat_hidup rapat nama_peserta nama_siswa kelas sekolah lomba bpjs umroh haji kursus",
    "kuliah siswa reseller ojek pekerja lowongan magang",
)
"""Other lists and registrations than ours."""
SELF = Sense("nik ktp nib nama nami jeneng diri akun saya sy perusahaan usaha_kami kami name abdi kulo myself me i")
"""Speaks of oneself."""
WANTS = Sense(
    "mau ingin pengen pengin hendak bade arep ajeng akan tolong saya sy kami mohon want wish intend would like need minta hoyong butuh kulo abdi aku lagi bermaksud bantu"
)
"""Wishes something."""
APPLY = Sense(
    "mengajukan ajukan pengajuan ngajuin ajuin ngajukeun mohonkan permohonan memohon bikin buat membuat urus ngurus mengurus apply applying nyieun ngadamel perpanjang perpanjangan memperpanjang",
    "daftarkan_usaha gawe damel buatkan buatin bikinin bikinkan uruskan urusin dibuatkan dibikinin",
)
"""Speaks of applying."""
PERMIT = Sense(
    "izin ijin permit siup tdp situ ho imb pbg rptka imta kitas tdg nib beasiswa rekomendasi tdi iui ak1 kartu_kuning siujk skdp trayek reklame hgb api amdal slf"
)
"""Kinds of permits people name."""
INFO = Sense(
    "info inpo informasi syarat* persyaratan* ketentuan keterangan penjelasan information requirement requirements prosedur sarat saratna"
)
"""Asks for information."""
HELP = Sense(
    "bantuan bantu bantuin help panduan petunjuk ajarin ajari bingung format formatnya perintah* kata_kunci keyword cara_pakai cara_pake cara_kirim cara_sms cara_menggunakan cara_gunakan",
    "cara_penggunaan cara_make carana tata_cara_sms how_to_use how_do_i_use ga_ngerti gak_ngerti tidak_ngerti tdk_ngerti nggak_ngerti ndak_ngerti kurang_ngerti ga_paham gak_paham tidak_paham tdk_paham",
    "kurang_paham ga_mengerti tidak_mengerti tdk_mengerti kurang_mengerti apa_yang_bisa sms_apa teu_ngartos teu_ngarti ora_ngerti mboten_ngertos how_does_this_work caranya_gimana caranya_bagaimana",
    "bisa_saya_ketik bisa_diketik ketik_apa harus_ketik kirim_apa bisa_dikirim smsnya_gimana gimana_caranya bagaimana_caranya gimana_cara_pakai how_does_it_work what_can_i_do",
    "cara_pakenya cara_pakainya cara_makenya cara_makena cara_ngirim_sms cara_kirim_sms cara_ngirimnya cara_kirimnya cara_makai cara_nganggo cara_ngangge cara_ngetik cara_ngetiknya cara_kerjanya",
    "kumaha_makena kumaha_ngangge kumaha_nganggo kumaha_ngirim kumaha_cara piye_carane piye_caranya pripun_caranipun pripun_carane piye_nganggo carane_piye nulisnya_gimana ngetiknya_gimana ngirimnya_gimana",
    "contoh_sms contoh_smsnya contoh_format contoh_formatnya contoh_ketik contoh_isi what_commands which_commands format_sms apa_yg_harus how_do_i_send how_to_send what_should_i_type pakenya_gimana pakainya_gimana makenya_gimana cara_mainnya ga_tau_caranya gak_tau_caranya ga_tahu_caranya tidak_tahu_caranya",
)
"""Asks how this works."""
REPORT = Sense("laporan report lap")
"""Speaks of a report."""
