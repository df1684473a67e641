"""Makes templates/vega_runtime.js, the part of Vega that draws a page's charts: `python -m …report.page.vega_bundle`.

It is kept as a file since making it takes a second, and so that a page's bytes do not hang on the installed release of
vl-convert. In it is what the charts need and no more: Vega's parser, view and interpreter of expressions (no `eval`,
which the page's policy forbids), without Vega-Lite (compiled away before), maps of the earth, trees and word clouds:
444 kB, where vega-embed with all it brings is 898 kB.
"""

from pathlib import Path

RUNTIME = Path(__file__).parent / "templates" / "vega_runtime.js"

# vl-convert holds these modules itself and knows them by these names; nothing is fetched
_MODULE = "https://cdn.jsdelivr.net/npm/{}/+esm"
_SNIPPET = """
import { View } from 'vega-view@6.1.0';
import { parse } from 'vega-parser@7.1.0';
import { transforms } from 'vega-dataflow@6.1.0';
import * as data from 'vega-transforms@5.1.0';
import * as view from 'vega-view-transforms@5.1.0';
import * as encode from 'vega-encode@5.1.0';
import { expressionInterpreter } from 'vega-interpreter@2.0.0';
import 'vega-functions@6.1.0';
Object.assign(transforms, data, view, encode);
window.vegaPage = { View, parse, expressionInterpreter };
"""

_LICENCES = """/*!
Parts of Vega 6 (https://vega.github.io, vega-view, -parser, -dataflow, -runtime, -transforms, -view-transforms,
-encode, -functions, -interpreter, -expression, -event-selector, -scenegraph, -scale, -selections, -statistics, -time,
-format, -loader, -canvas, -util), bundled by vl-convert.

Copyright (c) 2015-2023, University of Washington Interactive Data Lab
All rights reserved.

Redistribution and use in source and binary forms, with or without modification, are permitted provided that the
following conditions are met:
1. Redistributions of source code must retain the above copyright notice, this list of conditions and the following
   disclaimer.
2. Redistributions in binary form must reproduce the above copyright notice, this list of conditions and the following
   disclaimer in the documentation and/or other materials provided with the distribution.
3. Neither the name of the copyright holder nor the names of its contributors may be used to endorse or promote products
   derived from this software without specific prior written permission.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR IMPLIED WARRANTIES,
INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL,
SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY,
WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF
THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.

Parts of D3 (https://d3js.org: d3-array, -color, -dispatch, -dsv, -format, -interpolate, -path, -scale,
-scale-chromatic, -shape, -time, -time-format, -timer; some of these: Copyright (c) 2018 Apple Inc., Cynthia Brewer),
internmap (Copyright 2021 Mike Bostock) and topojson-client (Copyright 2012-2019 Michael Bostock).

Copyright 2010-2023 Mike Bostock

Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted,
provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF
THIS SOFTWARE.
*/
"""


def bundle() -> str:
    """Returns the runtime as a script for a page: window.vegaPage = {View, parse, expressionInterpreter}.

    It is ASCII, whatever the page's encoding; a test holds that nothing in it ends a script element.
    """
    import vl_convert

    lines = [_named(line) for line in _SNIPPET.splitlines()]
    script: str = vl_convert.javascript_bundle(snippet="\n".join(lines))
    return _LICENCES + _ascii(script.strip()) + "\n"


def _named(line: str) -> str:
    """Returns an import line with its module's full name."""
    head, quote, rest = line.partition("'")
    return line if not quote or "import" not in head else f"{head}'{_MODULE.format(rest.rstrip(chr(59) + chr(39)))}';"


def _ascii(script: str) -> str:
    return "".join(character if character.isascii() else f"\\u{ord(character):04x}" for character in script)


if __name__ == "__main__":
    RUNTIME.write_text(bundle(), encoding="ascii", newline="\n")
