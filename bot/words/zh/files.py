"""简体中文: what is said of files, the longest part of `zh`."""

from collections.abc import Mapping

FILES: Mapping[str, str] = {
    # -- bot/documents/detect/file_types.py: each completes the sentences below -----------------------------------
    "a PNG picture": "PNG 图片",
    "a JPEG picture": "JPEG 图片",
    "a GIF": "GIF 图片",
    "a WebP picture": "WebP 图片",
    "a BMP picture": "BMP 图片",
    "a TIFF picture": "TIFF 图片",
    "an AVIF picture": "AVIF 图片",
    "a HEIC photo": "HEIC 照片",
    "an SVG drawing": "SVG 图形",
    "a PDF": "PDF 文件",
    "a Word document": "Word 文档",
    "an Excel workbook": "Excel 工作簿",
    "a PowerPoint presentation": "PowerPoint 演示文稿",
    "an OpenDocument text": "OpenDocument 文本文档",
    "an OpenDocument spreadsheet": "OpenDocument 电子表格",
    "an OpenDocument presentation": "OpenDocument 演示文稿",
    "an OpenDocument drawing": "OpenDocument 绘图",
    "an OpenOffice 1 text": "OpenOffice 1 文本文档",
    "an OpenOffice 1 spreadsheet": "OpenOffice 1 电子表格",
    "an OpenOffice 1 presentation": "OpenOffice 1 演示文稿",
    "an OpenOffice 1 drawing": "OpenOffice 1 绘图",
    "a Keynote presentation": "Keynote 演示文稿",
    "a Numbers spreadsheet": "Numbers 电子表格",
    "a Pages document": "Pages 文档",
    "a message in Outlook's own form (winmail.dat)": "Outlook 专用格式的邮件（winmail.dat）",
    "a Visio drawing": "Visio 绘图",
    "an old Visio drawing (.vsd)": "旧版 Visio 绘图（.vsd）",
    "a binary Excel workbook": "二进制 Excel 工作簿",
    "an old Word document (.doc)": "旧版 Word 文档（.doc）",
    "an old Excel workbook (.xls)": "旧版 Excel 工作簿（.xls）",
    "an old PowerPoint presentation (.ppt)": "旧版 PowerPoint 演示文稿（.ppt）",
    "a WordPerfect document": "WordPerfect 文档",
    "an Outlook message": "Outlook 邮件",
    "an Office file with a password": "设有密码的 Office 文件",
    "an old Office file": "旧版 Office 文件",
    "an e-book": "电子书",
    "an RTF document": "RTF 文档",
    "a web page": "网页",
    "a text file": "文本文件",
    "an XML file": "XML 文件",
    "a ZIP archive": "ZIP 压缩包",
    "a gzip archive": "gzip 压缩包",
    "a 7-Zip archive": "7-Zip 压缩包",
    "a RAR archive": "RAR 压缩包",
    "a tar archive": "tar 归档文件",
    "a bzip2 archive": "bzip2 压缩包",
    "an xz archive": "xz 压缩包",
    "a Zstandard archive": "Zstandard 压缩包",
    "a video": "视频",
    "an audio file": "音频文件",
    "a program": "程序",
    "a JPEG 2000 picture": "JPEG 2000 图片",
    "a JPEG XL picture": "JPEG XL 图片",
    "a Windows drawing (EMF)": "Windows 图形（EMF）",
    "a Windows drawing (WMF)": "Windows 图形（WMF）",
    "a Photoshop file": "Photoshop 文件",
    "an icon file": "图标文件",
    "a font": "字体文件",
    "a database file": "数据库文件",
    "an empty file": "空文件",
    "a kind of file I don't know": "我不认识的文件类型",
    # -- bot/documents: why a file was not read -------------------------------------------------------------------
    "{name}, which I never open": "这是{name}，我从不打开",
    "{name}; I can't listen; please send what is said as text": "这是{name}，我听不了；请把内容以文字发来",
    "{name}, which I can't read; please send the tables as CSV or Excel": (
        "这是{name}，我读不了；请把其中的表存成 CSV 或 Excel 发来"
    ),
    "{name}, which I can't open; please send a ZIP, or the files by themselves": (
        "这是{name}，我打不开；请发送 ZIP，或单独发送其中的文件"
    ),
    "{name}; please send the pictures of it that matter": "这是{name}；请发送其中重要的画面",
    "{name}, which I can't read": "这是{name}，我读不了",
    "empty, 0 bytes; please check that it was saved and uploaded whole, and send it again": (
        "是空的（0 字节）；请确认它已完整保存并上传，然后重新发送"
    ),
    (
        "unpacks to more than {most} MB, far more than a document needs, so I left it closed; "
        "please send only the part that matters, or a PDF of it"
    ): "解压后超过 {most} MB，远大于正常文档，所以我没有打开；请只发送需要的部分，或发送 PDF",
    "{name}, which I can't open; please send it as PNG or JPEG": "{name}，我打不开；请存成 PNG 或 JPEG 发送",
    "holds XML entity declarations, which I don't open; please export it again": (
        "含有我不会打开的 XML 实体声明，请重新导出"
    ),
    "{name}, which this app can't open without LibreOffice; please save it as {better} or PDF and send that": (
        "这是{name}，本应用没有 LibreOffice 打不开，请另存为 {better} 或 PDF 再发"
    ),
    "{name}, which I can't read; please send it as PDF, Office file, text or picture": (
        "这是{name}，我读不了，请以 PDF、Office 文件、文本或图片的形式发送"
    ),
    "{name}, which has nothing inside that I can read": "这是{name}，里面没有我能读的内容",
    "an SVG drawing, which this app can't draw; please export it as PNG": "SVG 图形，本应用画不出来，请导出为 PNG",
    "damaged, or not an SVG drawing; please export it as PNG": "已损坏，或不是 SVG 图形，请导出为 PNG",
    "an SVG drawing with entity declarations, which I don't open; please export it as PNG": (
        "含有实体声明的 SVG 图形，我不会打开，请导出为 PNG"
    ),
    "a HEIC photo, which this app can't open; please send it as JPEG": "HEIC 照片，本应用打不开，请以 JPEG 发送",
    "too many pixels ({width} × {height}); please send it smaller, or only the part that matters": (
        "像素太多（{width} × {height}），请缩小后再发，或只发重要的部分"
    ),
    "not a picture: it is {name}": "不是图片，而是{name}",
    "an archive inside a file; I left it closed": "文件里的压缩包，我没有打开",
    "left closed, because something in this file could not be read safely": (
        "没有打开，因为这个文件里有无法安全读取的内容"
    ),
    "too large to be read from an archive (up to {most} MB each); please send it by itself": (
        "太大，无法从压缩包里读取（每个最多 {most} MB）；请单独发送"
    ),
    # -- bot/documents: how a file was read -----------------------------------------------------------------------
    "the file is damaged or cut off; what could be saved of it was read": "文件已损坏或不完整，只读了能挽救的部分",
    "control characters and colour codes in it were left out": "其中的控制字符和颜色代码没有读",
    "named as a {ending} file, but what is inside is none: damaged, or locked by a program; please export it again": (
        "文件名是 {ending}，但内容不是：文件已损坏，或被某个程序加密；请重新导出"
    ),
    "{name} in a form that I can't open; please send it as PNG or JPEG": (
        "{name}，但这种格式我打不开；请改为 PNG 或 JPEG 再发"
    ),
    "only its preview was read; a PDF of it, or an Office file, has everything": (
        "只读了它的预览图；PDF 或 Office 文件才有全部内容"
    ),
    "lies in too many files inside each other, so I left it closed; please send it by itself": (
        "嵌套层数太多，没有打开；请单独发送"
    ),
    "what this page's scripts write is missing, as I don't run them; a PDF or a picture of the page shows it": (
        "我不运行网页里的脚本，脚本写出的内容没有读到；请发该网页的 PDF 或截图"
    ),
    "the file is very long; only its beginning was read, up to {place}": "文件很长，只读了开头，读到 {place}",
    "reading all of it takes longer than I have; only its beginning was read, up to {place}": (
        "全部读完需要的时间太长，只读了开头，读到 {place}"
    ),
    "reading all of it takes more memory than I have; only its beginning was read, up to {place}": (
        "全部读完需要的内存太多，只读了开头，读到 {place}"
    ),
    "reading all of it takes more memory than I have; only a part of it was read": (
        "全部读完需要的内存太多，只读了一部分"
    ),
    "only its first {read} of {count} pages were read": "共 {count} 页，只读了前 {read} 页",
    "page {number} has no text layer, so only the picture tells what is on it": (
        "第 {number} 页没有文字层，只能从图像看出内容"
    ),
    "pages {numbers} have no text layer, so only the picture tells what is on them": (
        "第 {numbers} 页没有文字层，只能从图像看出内容"
    ),
    "page {number} has an unreadable text layer, which I dropped; only the picture tells what is on it": (
        "第 {number} 页的文字层无法辨认，我没有采用，只能从图像看出内容"
    ),
    "pages {numbers} have an unreadable text layer, which I dropped; only the picture tells what is on them": (
        "第 {numbers} 页的文字层无法辨认，我没有采用，只能从图像看出内容"
    ),
    "page {number} could not be read: it is damaged, or takes more time or memory than I have": (
        "第 {number} 页无法读取：已损坏，或需要的时间或内存太多"
    ),
    "pages {numbers} could not be read: they are damaged, or take more time or memory than I have": (
        "第 {numbers} 页无法读取：已损坏，或需要的时间或内存太多"
    ),
    "files attached to this PDF were not opened: {names}": "没有打开这个 PDF 所附的文件：{names}",
    "only the first {read} of its {count} messages were read": "共 {count} 封邮件，只读了前 {read} 封",
    "only the first {count} files in it were read": "只读了其中的前 {count} 个文件",
    "only the first {count} files attached to the mail were read": "只读了邮件的前 {count} 个附件",
    "only the first {read} of its {count} slides, sheets or chapters were read": (
        "共 {count} 张幻灯片、工作表或章节，只读了前 {read} 个"
    ),
    "its numbers are shown without their formats; its charts and pictures are left out": (
        "其中的数字没有按原格式显示，图表和图片没有读"
    ),
    "only its words were read; its layout, charts and pictures are left out": (
        "只读了其中的文字，版式、图表和图片没有读"
    ),
    "more than {most} pictures; the others are left out": "图片超过 {most} 张，其余的没有读",
    "one picture is embedded in a form I can't draw ({kind})": "有一张嵌入的图片是我画不出来的格式（{kind}）",
    "{count} pictures are embedded in a form I can't draw ({kinds})": (
        "有 {count} 张嵌入的图片是我画不出来的格式（{kinds}）"
    ),
    "scaled to {percent} %, the smallest type may be unreadable": "已缩小到 {percent} %，最小的字可能看不清",
    "text deleted in tracked changes is left out": "修订中删除的文字没有读",
    "text formatted as hidden is left out": "设为隐藏的文字没有读",
    "this Word file does not say where its pages end; parts of it are counted as pages": (
        "这个 Word 文件没有标明分页，因此按段落划分为页"
    ),
    "{count} of its chapters could not be read": "有 {count} 章无法读取",
    "{sheet}: only rows {first}–{last} of {rows} were read": "{sheet}：共 {rows} 行，只读了第 {first}–{last} 行",
    "{sheet}: only rows {first}–{last} were read; there are more": ("{sheet}：只读了第 {first}–{last} 行，后面还有"),
    "{sheet}: hidden in the file, and read all the same: {hidden}": "{sheet}：文件中隐藏，但也读了：{hidden}",
    "{sheet} is hidden in the file, and was read all the same": "{sheet}：在文件中是隐藏的，但也读了",
    "{sheet} could not be read": "{sheet}：无法读取",
    "{sheet} is damaged and could not be read": "{sheet}：已损坏，无法读取",
    "formulas whose results the file does not hold are shown as formulas": "文件里没有结果的公式，按公式显示",
    "the newest {read} of {count} earlier messages": "之前 {count} 条消息中最新的 {read} 条",
    "{name}, which I can't open inside another file; please send it by itself, best as {better} or PDF": (
        "{name}，放在别的文件里时我打不开；请单独发送，最好存成 {better} 或 PDF"
    ),
}
